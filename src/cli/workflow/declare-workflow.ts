import type { WorkflowNode } from '../../workflow/node.ts'
import { usageError } from '../command-error.ts'
import { type InputOptions, openInputs } from '../inputs/open-inputs.ts'
import type { Screen } from '../report/screen.ts'
import type { FoundWorkflow } from './find-workflow.ts'

/** The workflow that is to be run, declared for the inputs where it takes some. */
export async function declareWorkflow(
  found: FoundWorkflow,
  texts: readonly string[],
  options: InputOptions,
  screen: Screen,
): Promise<WorkflowNode<unknown>> {
  if ('node' in found) {
    if (texts.length === 0) return found.node
    throw usageError('this workflow takes no inputs: export a function (inputs) => node for one that does')
  }
  const inputs = await openInputs(texts, options, {
    warn: (message) => screen.warn(message),
    onBadRow: (row) => {
      throw usageError(`${row.place}: ${row.message}`)
    },
  })
  const items: unknown[] = []
  for await (const item of inputs.items) items.push(item)
  return found.make(items)
}
