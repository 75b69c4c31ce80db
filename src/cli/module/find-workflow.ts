import { readFileSync } from 'node:fs'

import { anyExportOf } from '../../runtime/revive/export-of.ts'
import { importModule } from '../../runtime/revive/import-module.ts'
import { specOf } from '../../workflow/define/node-spec.ts'
import type { WorkflowNode } from '../../workflow/node.ts'
import { usageError } from '../command-error.ts'
import { type InputOptions, openInputs } from '../inputs/open-inputs.ts'
import type { Screen } from '../report/screen.ts'
import type { TaskReference } from './find-task.ts'

const ENTRY = 'manyhands/workflow'

/** A workflow, or what makes one of the inputs. */
export type FoundWorkflow =
  | { readonly node: WorkflowNode<unknown> }
  | { readonly make: (inputs: readonly unknown[]) => Promise<WorkflowNode<unknown>> }

/**
 * The workflow that an export is, or a function makes. Undefined for what is to be run over inputs.
 *
 * Workflows are declared in this process, all else is loaded by workers only: so a module is loaded here only where it
 * speaks of workflows.
 *
 * @throws {ModuleLoadError} where such a module cannot be loaded.
 */
export async function findWorkflow({ url, exportName }: TaskReference): Promise<FoundWorkflow | undefined> {
  const text = url.protocol === 'file:' ? readFileSync(url, 'utf8') : ''
  if (!text.includes(ENTRY)) return undefined
  const found = anyExportOf(await importModule(url.href), exportName)
  if (specOf(found) !== undefined) return { node: found as WorkflowNode<unknown> }
  if (typeof found !== 'function' || !declares(found, text)) return undefined
  return {
    make: async (inputs) => checkNode(await (found as (list: readonly unknown[]) => unknown)(inputs), exportName),
  }
}

/** Whether a function calls operators, or what they made, and leaves it to others to run the result. */
function declares(fn: object, text: string): boolean {
  const body = Function.prototype.toString.call(fn)
  if (/\.run\s*\(|\brunAll\b/.test(body)) return false
  const names = operatorsIn(text)
  for (const [, name, callee] of text.matchAll(/\b(?:const|let|var)\s+([\w$]+)[^=;\n]*=\s*([\w$]+)\s*[(<]/g)) {
    if (names.has(callee as string)) names.add(name as string)
  }
  return [...names].some((name) => new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$&')}\\)?\\s*\\(`).test(body))
}

/** What a module calls the things that it imports from there. */
function operatorsIn(text: string): Set<string> {
  const imports = text.matchAll(/import\s*\{([^}]*)\}\s*from\s*['"]manyhands\/workflow['"]/g)
  const parts = [...imports].flatMap(([, list]) => (list as string).split(','))
  const names = parts.map(
    (part) =>
      part
        .split(/\bas\b/)
        .at(-1)
        ?.trim() ?? '',
  )
  return new Set(names.filter((name) => name !== '' && !name.startsWith('type ')))
}

function checkNode(made: unknown, exportName: string): WorkflowNode<unknown> {
  if (specOf(made) !== undefined) return made as WorkflowNode<unknown>
  throw usageError(`${exportName} declares a workflow, but returns no node of it: expected such as apply(fn)(inputs)`)
}

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
      throw usageError(`${row.position}: ${row.message}`)
    },
  })
  const items: unknown[] = []
  for await (const item of inputs.items) items.push(item)
  return found.make(items)
}
