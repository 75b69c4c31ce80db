import { Journal } from '../journal/journal.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { RowBlock } from '../rows/row-block.ts'
import { codeHash } from '../task/code/code-hash.ts'
import type { RunContext } from './plan.ts'
import type { LeavesOut, LeftOutRows } from './source/parsed-rows.ts'
import type { ReadBlock } from './source/read-block.ts'

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

/** Combines the user's `skip` with the journal for rows: tells which rows of a block are left out. */
export function leavingOutRows(
  journal: Journal | undefined,
  skip: ((input: unknown, index: number) => boolean) | undefined,
): LeavesOut | undefined {
  if (skip === undefined)
    return journal && ((block, raw) => ({ mask: journal.leavesOut(raw, (row) => block.parse(row)) }))
  return (block, raw) => {
    const mask = new Uint8Array(block.length)
    let failed: LeftOutRows['failed']
    for (let row = 0; row < block.length && failed === undefined; row++) {
      try {
        if (skip(block.input(row), block.firstIndex + row)) mask[row] = 1
      } catch (thrown) {
        failed = { row, thrown }
      }
    }
    const asked = failed === undefined ? mask : mask.subarray(0, failed.row)
    if (journal !== undefined) leaveOutDone(journal, block, raw, asked)
    return { mask, failed }
  }
}

/** Adds the rows that the journal says are done to a mask. A row that is left out already takes no success from it. */
function leaveOutDone(journal: Journal, block: ReadBlock, { bounds, ...raw }: RowBlock, mask: Uint8Array): void {
  const rows = [...mask.keys()].filter((row) => mask[row] === 0)
  const asked = Uint32Array.from(rows.flatMap((row) => [bounds[2 * row] as number, bounds[2 * row + 1] as number]))
  const done = journal.leavesOut({ ...raw, bounds: asked }, (at) => block.parse(rows[at] as number))
  for (const [at, row] of rows.entries()) if (done?.[at] === 1) mask[row] = 1
}
