import type { Debugger } from 'node:inspector'

import { isInternal } from './frames.ts'
import type { MainThread } from './main-thread.ts'

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
