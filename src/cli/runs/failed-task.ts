import type { JournalRow } from '../../journal/journal-row.ts'
import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import { summariseLog } from './log-summary.ts'
import type { RunRecord } from './run-record.ts'

/** So many numbers are told where another was asked for. */
const TOLD = 10

/**
 * The last attempt of an input of a run, by its number; without one, of the first input that failed.
 *
 * @throws {CommandError} where it did not fail, or there is no such input.
 */
export function failedTask({ run, log }: RunRecord, task: number | undefined): JournalRow {
  if (log === null) throw new CommandError(`the run "${run}" kept no log of its inputs`, EXIT.cannotStart)
  const rows = [...summariseLog(log, run).last.values()]
  const failed = rows.filter(({ state }) => state !== 'ok' && state !== 'cached').toSorted((a, b) => a.task - b.task)
  const row = task === undefined ? failed[0] : rows.find((one) => one.task === task)
  if (row !== undefined && failed.includes(row)) return row
  const what =
    task === undefined
      ? `nothing failed in ${run}`
      : row === undefined
        ? `${run} did not come to an input ${task}`
        : `input ${task} of ${run} did not fail`
  const numbers = failed.slice(0, TOLD).map((one) => one.task)
  const rest = failed.length > TOLD ? ', …' : ''
  const others = task === undefined || failed.length === 0 ? '' : `; these failed: ${numbers.join(', ')}${rest}`
  throw new CommandError(`${what}${others}`, EXIT.cannotStart)
}
