import { Journal } from '../journal/journal.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { codeHash } from '../task/code/code-hash.ts'
import type { RunContext } from './plan.ts'

/** The journal of a run, not open; undefined if it has none. */
export function journalOf({ settings: { journal } }: RunContext): Journal | undefined {
  return typeof journal === 'string' ? new Journal(journal) : journal
}

/**
 * Opens the journal of a run for its functions, and closes it when the run is over; one that was made elsewhere is closed
 * there. What it cannot take ends the run.
 *
 * @throws {JournalError} if it cannot be used for these functions.
 */
export function openJournal(run: RunContext, journal: Journal, functions: readonly PreparedFunction[]): void {
  journal.open(codeHash(functions.map(({ load }) => load)), (error) => run.fail(error))
  if (journal !== run.settings.journal) run.onEnd(() => journal.close())
}

/** Leaves out what the journal says is done, beside what the user leaves out. */
export function skipping(
  journal: Journal,
  skip: ((input: unknown, index: number) => boolean) | undefined,
): (input: unknown, index: number) => boolean {
  return (input, index) => skip?.(input, index) === true || journal.skips(input)
}
