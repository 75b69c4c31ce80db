import type { Debugger, Runtime } from 'node:inspector'

import { loadMapping, type SourcePosition } from '../../task/capture/source-map.ts'
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
