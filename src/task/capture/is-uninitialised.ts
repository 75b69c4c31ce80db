import { enclosingFunction } from './syntax/find-function.ts'
import type { Lexical } from './syntax/origin.ts'
import { offsetOf, type Position, type Script } from './syntax/parse.ts'

/**
 * Tells a `const`, `let` or class that has no value yet from one whose value is `undefined`: on Node 20 they look alike.
 *
 * Certain where the initialiser cannot give `undefined`; otherwise by whether the code that runs has passed it.
 */
export function isUninitialised(lexical: Lexical, script: () => Script, running: readonly Position[]): boolean {
  if (lexical.neverUndefined) return true
  const offsets = running.map((position) => offsetOf(script(), position))
  const here = offsets.find((offset) => enclosingFunction(script(), offset)?.start === lexical.owner)
  return here !== undefined && here < lexical.at
}
