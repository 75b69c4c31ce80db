import { usageError } from '../command-error.ts'
import type { RunFlags } from '../run-options.ts'

/** Nobody shall wait for a terminal without knowing it: it is read only for `-`. Returns whether it will be. */
export function readsTerminal(texts: readonly string[], { literal, onlyFailed }: RunFlags): boolean {
  if (!process.stdin.isTTY) return false
  if (texts.length > 0) return !literal && texts.includes('-')
  if (onlyFailed) throw usageError('the run read its inputs from stdin: pipe the same in once more')
  throw usageError("no inputs: give values, globs ('img/*.png') or @files after the module, or pipe lines in")
}
