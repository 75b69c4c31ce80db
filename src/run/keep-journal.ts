import { Journal } from '../journal/journal.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { codeHash } from '../task/code/code-hash.ts'
import type { RunContext } from './plan.ts'

/**
 * Opens a run's journal, and closes it when the run is over; one that was made elsewhere is closed there. What it cannot
 * take ends the run.
 *
 * @throws {JournalError} where it cannot be used for these functions.
 */
export function keepJournal(
  run: RunContext,
  option: string | Journal | undefined,
  functions: readonly PreparedFunction[],
): Journal | undefined {
  if (option === undefined) return undefined
  const journal = typeof option === 'string' ? new Journal(option) : option
  journal.open(codeHash(functions.map(({ load }) => load)), (error) => run.fail(error))
  if (journal !== option) run.onEnd(() => journal.close())
  return journal
}

/** Leaves out what the journal says is done, beside what the user leaves out. */
export function skipping(
  journal: Journal,
  skip: ((input: unknown, index: number) => boolean) | undefined,
): (input: unknown, index: number) => boolean {
  return (input, index) => skip?.(input, index) === true || journal.skips(input)
}
