import { findFunction, type FoundFunction } from '../syntax/find-function.ts'
import { siteOf, type FunctionSite } from '../syntax/function-site.ts'
import { parse, type Position, type Script } from '../syntax/parse.ts'
import type { Inspected, Inspector, FunctionLocation } from './inspector.ts'
import type { ScriptInfo } from './script-file.ts'

const MAX_PARSED = 16
/**
 * A tree takes about twenty times the memory of its text. The trees of texts longer than this may be garbage collected.
 */
const LARGE = 100_000
const MAX_SITES = 5_000

const parsed = new Map<string, Script | WeakRef<Script>>()
const sites = new Map<string, FunctionSite>()

/** The source of a function is not available, or cannot be parsed. */
export class UnreadableSource extends Error {}

/** Returns the tree of a script. Only the last few are kept, because trees are large. */
export function scriptTree(inspector: Inspector, id: string, info: ScriptInfo): Script {
  const kept = parsed.get(id)
  let script = kept instanceof WeakRef ? kept.deref() : kept
  if (script === undefined) {
    const source = inspector.source(id)
    try {
      script = parse(source, info.isModule)
    } catch (error) {
      throw new UnreadableSource(`its file cannot be parsed: ${(error as Error).message}`, { cause: error })
    }
  }
  remember(parsed, id, script.source.length > LARGE ? new WeakRef(script) : script, MAX_PARSED)
  return script
}

/** Returns the facts that the source tells about a function. Read once per position in a file. */
export function siteAt(inspector: Inspector, location: FunctionLocation, info: ScriptInfo, fn: unknown): FunctionSite {
  const key = `${location.scriptId}:${location.line}:${location.column}`
  let site = sites.get(key)
  if (site === undefined) {
    const { script, found } = functionAt(inspector, location, info)
    const text = Function.prototype.toString.call(fn)
    const end = (found?.member ?? found?.node)?.end ?? 0
    if (found === undefined || script.source.slice(end - text.length, end) !== text)
      throw new UnreadableSource('its source cannot be found in its file')
    site = siteOf(script, found, text)
  }
  remember(sites, key, site, MAX_SITES)
  return site
}

/** Returns the facts about a function declaration at a position in a script. */
export function declarationAt(inspector: Inspector, scriptId: string, info: ScriptInfo, at: Position): FunctionSite {
  const { script, found } = functionAt(inspector, { scriptId, ...inFile(at, info) }, info)
  if (found === undefined) throw new UnreadableSource('its source cannot be found in its file')
  return siteOf(script, found, script.source.slice(found.node.start, found.node.end))
}

/** Finds a function in the tree of its file. */
export function functionAt(
  inspector: Inspector,
  location: FunctionLocation,
  info: ScriptInfo,
): { script: Script; found: FoundFunction | undefined } {
  const script = scriptTree(inspector, location.scriptId, info)
  return { script, found: findFunction(script, inSource(location, info)) }
}

/** Converts a position in a file to one in a script inside it, such as an inline script. */
export function inSource(location: Position, info: ScriptInfo): Position {
  const line = location.line - info.startLine
  return { line, column: line === 0 ? location.column - info.startColumn : location.column }
}

/** The inverse of {@link inSource}. */
export function inFile(position: Position, info: ScriptInfo): Position {
  const { line, column } = position
  return { line: line + info.startLine, column: line === 0 ? column + info.startColumn : column }
}

/** The script that contains a function, and its position there. */
export interface ScriptLocation {
  readonly location: FunctionLocation
  readonly info: ScriptInfo
}

export function scriptLocationOf(inspector: Inspector, fn: unknown, inspected: Inspected): ScriptLocation | undefined {
  const { location } = inspected
  const info = inspector.script(fn, inspected)
  return location && info && { location, info }
}

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > most) map.delete(map.keys().next().value as string)
}
