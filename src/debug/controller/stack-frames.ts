import { readFileSync } from 'node:fs'
import type { Debugger, Runtime } from 'node:inspector'
import { fileURLToPath } from 'node:url'

import { loadMapping, type SourcePosition } from '../../task/capture/inspect/source-map.ts'
import { linesOf } from '../../task/capture/syntax/source-lines.ts'
import type { MainThread } from './main-thread.ts'

/** A call on the stack. */
export interface Frame {
  readonly name: string
  /** Its position in the original source. */
  readonly position: SourcePosition
  /** Its position in the running script, from 0. */
  readonly script: { readonly id: string; readonly line: number; readonly column: number }
  /** The paused call; undefined if it awaits the one above, because its variables are gone. */
  readonly call: Debugger.CallFrame | undefined
  /** True for code of Node or of this package. */
  readonly internal: boolean
}

/** Returns the stack at a throw, innermost call first, with the calls that await it. */
export async function framesOf(
  main: MainThread,
  { callFrames, asyncStackTrace }: Debugger.PausedEventDataType,
  own: string,
): Promise<Frame[]> {
  const frames: Frame[] = []
  for (const call of callFrames) {
    const { lineNumber, columnNumber = 0, scriptId } = call.location
    const script = { id: scriptId, line: lineNumber, column: columnNumber }
    frames.push(await frameOf(main, call.functionName, script, call, own))
  }
  for (const { functionName, scriptId, lineNumber, columnNumber } of waiting(asyncStackTrace)) {
    const script = { id: scriptId, line: lineNumber, column: columnNumber }
    frames.push(await frameOf(main, functionName, script, undefined, own))
  }
  return frames
}

/** Returns true for code of Node, and of this package except the tasks of its contract suite. */
function isInternal(url: string, own: string): boolean {
  return url.startsWith('node:') || (url.startsWith(own) && !url.includes('/testing/'))
}

async function frameOf(
  main: MainThread,
  name: string,
  script: Frame['script'],
  call: Frame['call'],
  own: string,
): Promise<Frame> {
  const { url } = main.script(script.id)
  const internal = isInternal(url, own)
  const position = internal ? { url, line: script.line, column: script.column } : await written(main, script)
  return { name: name || '(anonymous)', position, script, call, internal }
}

/**
 * Maps a position to the source by the map of the file. Functions by value have none; their source is found through the
 * failed call.
 */
async function written(main: MainThread, { id, line, column }: Frame['script']): Promise<SourcePosition> {
  const { url, mapUrl } = main.script(id)
  const mapped = mapUrl === undefined ? undefined : loadMapping(mapUrl, url)?.find(line, column)
  return mapped ?? main.ask<SourcePosition>('locate', url, line, column)
}

function* waiting(trace: Runtime.StackTrace | undefined): Generator<Runtime.CallFrame> {
  for (let one = trace; one !== undefined; one = one.parent) yield* one.callFrames
}

/** The text around a position, by lines. */
export interface SourceLines {
  readonly lines: readonly string[]
  /** The number of the first line, from 0. */
  readonly first: number
  /** The position within it, from 0. */
  readonly line: number
  readonly column: number
}

/** Returns the original source at a frame; if there is no such file, the running text. */
export async function sourceLines(main: MainThread, { position, script }: Frame): Promise<SourceLines | undefined> {
  const file = readLines(position.url)
  if (file !== undefined && position.line < file.length)
    return { lines: file, first: 0, line: position.line, column: position.column }
  try {
    const text = await main.source(script.id)
    const first = main.script(script.id).startLine
    return { lines: linesOf(text), first, line: script.line, column: script.column }
  } catch {
    return undefined
  }
}

function readLines(url: string): string[] | undefined {
  try {
    return linesOf(readFileSync(fileURLToPath(url), 'utf8'))
  } catch {
    return undefined
  }
}

/** The number of the user's calls, on either side of an await, that identify a throw. */
const CALLS = 3

interface Place {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber?: number | undefined
}

/**
 * Returns a text that identifies the place of a throw, equal at each replay. The thrown value may differ, such as a
 * path or a time of day, and so may Node's own calls: a promise may be settled by a timer or by an earlier call.
 */
export function placeOfThrow(
  main: MainThread,
  { callFrames, asyncStackTrace }: Debugger.PausedEventDataType,
  own: string,
): string {
  const [top, ...callers] = callFrames.map(({ location }) => location)
  const usersOf = (places: readonly Place[]): readonly Place[] =>
    places.filter(({ scriptId }) => !isInternal(main.script(scriptId).url, own)).slice(0, CALLS)
  const places = [
    ...(top === undefined ? [] : [top]),
    ...usersOf(callers),
    ...usersOf(asyncStackTrace?.callFrames ?? []),
  ]
  return places.map(({ scriptId, lineNumber, columnNumber }) => `${scriptId}:${lineNumber}:${columnNumber ?? 0}`).join()
}
