import { readFileSync } from 'node:fs'
import type { Debugger, Runtime } from 'node:inspector'
import { fileURLToPath } from 'node:url'

import { loadMapping, type SourcePosition } from '../../task/capture/inspect/source-map.ts'
import type { MainThread } from './main-thread.ts'

/** A call on the stack. */
export interface Frame {
  readonly name: string
  /** Where the user wrote it. */
  readonly position: SourcePosition
  /** Where it runs, from 0. */
  readonly script: { readonly id: string; readonly line: number; readonly column: number }
  /** It waits for the one above: its variables are gone. */
  readonly call: Debugger.CallFrame | undefined
  /** Node's own, or this package's. */
  readonly internal: boolean
}

/** The stack at a throw, the innermost call first, with those that wait for it. */
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

/** Code of Node, or of this package but for the tasks of its contract suite. */
export function isInternal(url: string, own: string): boolean {
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

/** Code of a file may have a map of its own; that of functions by value was left behind with their callers. */
async function written(main: MainThread, { id, line, column }: Frame['script']): Promise<SourcePosition> {
  const { url, mapUrl } = main.script(id)
  const mapped = mapUrl === undefined ? undefined : loadMapping(mapUrl, url)?.find(line, column)
  return mapped ?? main.ask<SourcePosition>('locate', url, line, column)
}

function* waiting(trace: Runtime.StackTrace | undefined): Generator<Runtime.CallFrame> {
  for (let one = trace; one !== undefined; one = one.parent) yield* one.callFrames
}

/** The text around a place, by lines. */
export interface SourceLines {
  readonly lines: readonly string[]
  /** The number of the first, from 0. */
  readonly first: number
  /** The place in it, from 0. */
  readonly line: number
  readonly column: number
}

/** What the user wrote where a frame stands; where there is no such file, what runs there. */
export async function sourceLines(main: MainThread, { position, script }: Frame): Promise<SourceLines | undefined> {
  const file = readLines(position.url)
  if (file !== undefined && position.line < file.length)
    return { lines: file, first: 0, line: position.line, column: position.column }
  try {
    const text = await main.source(script.id)
    const first = main.script(script.id).startLine
    return { lines: text.split('\n'), first, line: script.line, column: script.column }
  } catch {
    return undefined
  }
}

function readLines(url: string): string[] | undefined {
  try {
    return readFileSync(fileURLToPath(url), 'utf8').split(/\r?\n/)
  } catch {
    return undefined
  }
}

/** So many calls of the user's, on either side of an await, say where a throw is. */
const CALLS = 3

interface Place {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber?: number | undefined
}

/**
 * Where something is thrown, the same each time. What is thrown may differ, a path or a time of day, and so may Node's own
 * calls below the user's: a promise is settled now by a timer, now by what came before it.
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
