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

/** A workflow, or a function that makes one from the inputs. */
export type FoundWorkflow =
  | { readonly node: WorkflowNode<unknown> }
  | { readonly make: (inputs: readonly unknown[]) => Promise<WorkflowNode<unknown>> }

/**
 * Finds the workflow that an export is, or that a function makes. Undefined for functions over inputs.
 *
 * Workflows are declared in this process, all else is loaded by workers only. So a module is loaded here only if its text
 * names `manyhands/workflow`.
 *
 * @throws {ModuleLoadError} if such a module cannot be loaded.
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

/** True for a function that calls operators, or what they made, and does not run the result. */
function declares(fn: object, text: string): boolean {
  const body = Function.prototype.toString.call(fn)
  if (/\.run\s*\(|\brunAll\b/.test(body)) return false
  const names = operatorsIn(text)
  for (const [, name, callee] of text.matchAll(/\b(?:const|let|var)\s+([\w$]+)[^=;\n]*=\s*([\w$]+)\s*[(<]/g)) {
    if (names.has(callee as string)) names.add(name as string)
  }
  return [...names].some((name) => new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$&')}\\)?\\s*\\(`).test(body))
}

/** Lists the names that a module gives to its imports from `manyhands/workflow`. */
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
  throw usageError(`${exportName} declares a workflow: expected it to return a node such as apply(fn)(inputs)`)
}

/** Returns the workflow to run, declared for the inputs if it takes some. */
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
