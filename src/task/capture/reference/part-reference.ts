import type { ExportedPart } from '../../../wire/protocol/portable.ts'
import { nameOfPart } from '../../exported-object.ts'
import { type Inspected, type Inspector, readVariable } from '../inspect/inspector.ts'
import { isEntryScript } from '../inspect/program-start.ts'
import { scriptTree, type ScriptLocation } from '../inspect/scripts.ts'
import { exportsOf } from '../syntax/exports.ts'
import type { Callable } from './known-references.ts'
import { commonjsExports } from './module-reference.ts'

/** Finds the export of a function's own module of which it is a part, as a step is of a pipeline. */
export function partReference(
  inspector: Inspector,
  fn: Callable,
  { moduleScope }: Inspected,
  { location, info }: ScriptLocation,
): ExportedPart | undefined {
  const { url, isModule, isMainContext } = info
  if (!isMainContext || isEntryScript(url)) return undefined
  if (!isModule) return partOfCommonjs(fn, url)
  if (moduleScope === undefined) return undefined
  for (const { local, name } of exportsOf(scriptTree(inspector, location.scriptId, info))) {
    const reading = readVariable([moduleScope], local)
    const part = reading.state === 'value' ? nameOfPart(reading.value, fn) : undefined
    if (part !== undefined) return { url, name, part }
  }
  return undefined
}

function partOfCommonjs(fn: Callable, url: string): ExportedPart | undefined {
  for (const [name, value] of commonjsExports(url)) {
    const part = nameOfPart(value, fn)
    if (part !== undefined) return { url, name, part }
  }
  return undefined
}
