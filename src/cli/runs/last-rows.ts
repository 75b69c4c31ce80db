import { type JournalEntry, type JournalRow, readJournal } from '../../journal/lines/read-journal.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { isGood, LastAttempts } from './last-attempts.ts'
import type { RunRecord } from './run-record.ts'

/** Attempts with their number in the log, from 1. */
export type NumberedEntry = Extract<JournalEntry, { kind: 'row' | 'batch' }> & { readonly number: number }

/** Reads the attempts of a job log, those of one run or all. */
export function* readAttempts(file: string, run?: string): Generator<NumberedEntry, void> {
  let number = 0
  for (const entry of readJournal(file)) {
    if (entry.kind !== 'row' && entry.kind !== 'batch') continue
    number++
    const about = entry.kind === 'row' ? entry.row : entry.batch
    if (run === undefined || about.run === run) yield { ...entry, number }
  }
}

/** Finds the last attempts of a run's tasks, in bounded memory. */
function lastAttempts(file: string, run: string): LastAttempts {
  const last = new LastAttempts()
  for (const entry of readAttempts(file, run)) {
    if (entry.kind === 'row') last.row(entry.row, entry.number)
    else last.batch(entry.batch)
  }
  return last
}

/** Reads the rows of the last attempts of a run's tasks, as far as those have rows of their own. */
export function* lastRows(file: string, run: string, last: LastAttempts): Generator<JournalRow, void> {
  for (const entry of readAttempts(file, run))
    if (entry.kind === 'row' && last.isLast(entry.row, entry.number)) yield entry.row
}

/** Numbers of other failures that an error names. */
const TOLD = 10

/**
 * Finds the last attempt of an input of a run, by its number; without one, of the first input that failed.
 *
 * @throws {CommandError} if it did not fail, or there is no such input.
 */
export function failedTask({ run, log }: RunRecord, task: number | undefined): JournalRow {
  if (log === null) throw new CommandError(`the run "${run}" kept no log of its inputs`, EXIT.cannotStart)
  const last = lastAttempts(log, run)
  const failed = lowest(last.failed(), TOLD + 1)
  const wanted = task ?? failed[0]
  const state = wanted === undefined ? undefined : last.stateOf(wanted)
  if (state !== undefined && !isGood(state))
    for (const row of lastRows(log, run, last)) if (row.task === wanted) return row
  const what =
    task === undefined
      ? `nothing failed in ${run}`
      : state === undefined
        ? `${run} has no outcome of an input ${task}`
        : `input ${task} of ${run} did not fail`
  const rest = failed.length > TOLD ? ', …' : ''
  const others =
    task === undefined || failed.length === 0 ? '' : `; these failed: ${failed.slice(0, TOLD).join(', ')}${rest}`
  throw new CommandError(`${what}${others}`, EXIT.cannotStart)
}

/** Returns the lowest numbers, in order. */
function lowest(numbers: Iterable<number>, count: number): number[] {
  let found: number[] = []
  for (const number of numbers) {
    found.push(number)
    if (found.length >= 2 * count) found = found.toSorted((a, b) => a - b).slice(0, count)
  }
  return found.toSorted((a, b) => a - b).slice(0, count)
}
