import { Journal } from '../journal/journal.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { codeHash } from '../task/code/code-hash.ts'
import type { RunContext } from './plan.ts'
import type { LeavesOut } from './source/parsed-rows.ts'

/** Returns the journal of a run, not opened; undefined if it has none. */
export function journalOf({ settings: { journal } }: RunContext): Journal | undefined {
  return typeof journal === 'string' ? new Journal(journal) : journal
}

/**
 * Opens the journal of a run for its functions, and closes it when the run is over, unless the caller passed a journal
 * object: then the caller closes it. An error while it is written ends the run.
 *
 * @throws {JournalError} if it cannot be used for these functions.
 */
export function openJournal(run: RunContext, journal: Journal, functions: readonly PreparedFunction[]): void {
  const facts = { options: givenOptions(run.settings) }
  journal.open(codeHash(functions.map(({ load }) => load)), (error) => run.fail(error), facts)
  if (journal !== run.settings.journal) run.onEnd(() => journal.close())
}

/** Options that the head of a run tells: how its tasks are shared out, and what ends them. */
const TOLD = [
  'workers',
  'concurrency',
  'batch',
  'window',
  'ordered',
  'spread',
  'timeout',
  'retries',
  'workerDeaths',
  'deadline',
  'halt',
  'rate',
  'memfree',
  'priority',
] as const

function givenOptions(settings: Partial<Record<(typeof TOLD)[number], unknown>>): Record<string, unknown> {
  return Object.fromEntries(TOLD.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])))
}

/** Combines the user's `skip` with the journal: inputs that the journal says are done are left out, too. */
export function skipping(
  journal: Journal,
  skip: ((input: unknown, index: number) => boolean) | undefined,
): (input: unknown, index: number) => boolean {
  return (input, index) => skip?.(input, index) === true || journal.skips(input)
}

/** Combines the user's `skip` with the journal for rows: returns the mask of the rows of a block that are left out. */
export function leavingOutRows(
  journal: Journal | undefined,
  skip: ((input: unknown, index: number) => boolean) | undefined,
): LeavesOut | undefined {
  if (journal === undefined && skip === undefined) return undefined
  return (block, raw) => {
    const done = journal?.leavesOut(raw, (row) => block.parse(row))
    if (skip === undefined) return done
    const mask = done ?? new Uint8Array(block.length)
    for (let row = 0; row < block.length; row++)
      if (mask[row] === 0 && skip(block.input(row), block.firstIndex + row)) mask[row] = 1
    return mask
  }
}
