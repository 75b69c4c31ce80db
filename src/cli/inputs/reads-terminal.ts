import { usageError } from '../command-error.ts'

/** Nobody shall wait for a terminal without knowing it: it is read only for `-`. Returns whether it will be. */
export function readsTerminal(texts: readonly string[], literal: boolean): boolean {
  if (!process.stdin.isTTY) return false
  if (texts.length > 0) return !literal && texts.includes('-')
  throw usageError("no inputs: give values, globs ('img/*.png') or @files after the module, or pipe lines in")
}
