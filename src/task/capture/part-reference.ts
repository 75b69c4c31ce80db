import type { ExportedPart } from '../../wire/portable.ts'
import { nameOfPart } from '../parts.ts'
import type { Callable } from './callable.ts'
import { isEntryScript } from './entry-script.ts'
import type { Inspected, Inspector } from './inspector.ts'
import { readVariable } from './read-variable.ts'
import { scriptTree, type Standing } from './scripts.ts'
import { exportsOf } from './syntax/exports.ts'

/** The export of a function's own ES module that it is a part of, as a step is of a pipeline. */
export function partReference(
  inspector: Inspector,
  fn: Callable,
  { moduleScope }: Inspected,
  { location, info }: Standing,
): ExportedPart | undefined {
  const { url, isModule, isMainContext } = info
  if (!isModule || !isMainContext || moduleScope === undefined || isEntryScript(url)) return undefined
  for (const { local, name } of exportsOf(scriptTree(inspector, location.scriptId, info))) {
    const reading = readVariable([moduleScope], local)
    const part = reading.state === 'value' ? nameOfPart(reading.value, fn) : undefined
    if (part !== undefined) return { url, name, part }
  }
  return undefined
}
