import { ROW_STATES, type RowState } from '../../journal/journal-line.ts'
import { KeyCounts } from '../../journal/key-counts.ts'
import { type JournalBatch, type JournalRow, readJournal } from '../../journal/read-journal.ts'
import { ROW_KEY_BYTES, rowKeyText } from '../../rows/keys/row-keys.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { RunRecord } from './run-record.ts'

/** The last attempt of each task in a job log, and counts of all. */
export interface LogSummary {
  readonly last: ReadonlyMap<string, JournalRow>
  readonly attempts: number
  readonly states: ReadonlyMap<RowState, number>
  /** The work of each worker, by its name. */
  readonly workers: ReadonlyMap<string, WorkerWork>
}

/** The work of one worker. */
export interface WorkerWork {
  attempts: number
  ms: number
  readonly pid: number | null
  readonly host: string
}

/** Reads a job log. `run`: count only the rows of that run. */
export function summariseLog(file: string, run?: string): LogSummary {
  const last = new Map<string, JournalRow>()
  const workers = new Map<string, WorkerWork>()
  let attempts = 0
  for (const entry of readJournal(file)) {
    const about = entry.kind === 'row' ? entry.row : entry.kind === 'batch' ? entry.batch : undefined
    if (about === undefined || (run !== undefined && about.run !== run)) continue
    const rows = entry.kind === 'batch' ? rowsOf(entry.batch) : [about as JournalRow]
    for (const row of rows) last.set(`${row.run} ${row.task}`, row)
    attempts += rows.length
    if (about.worker === null) continue
    const name = `${about.run} ${about.worker}`
    const worker = workers.get(name) ?? { attempts: 0, ms: 0, pid: about.pid, host: about.host }
    worker.attempts += rows.length
    worker.ms += about.ms ?? 0
    workers.set(name, worker)
  }
  const counts = new Map<RowState, number>()
  for (const { state } of last.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = new Map(ROW_STATES.flatMap((state) => (counts.has(state) ? [[state, counts.get(state) ?? 0]] : [])))
  return { last, attempts, states, workers }
}

function rowsOf({ keys, of, count, task, ...about }: JournalBatch): JournalRow[] {
  const keyOf = (i: number): string =>
    of === 'row'
      ? rowKeyText(keys, i)
      : `sha256:${Buffer.from(keys.subarray(i * ROW_KEY_BYTES, (i + 1) * ROW_KEY_BYTES)).toString('hex')}`
  return Array.from({ length: count }, (_, i) => ({
    ...about,
    task: task + i,
    key: keyOf(i),
    attempt: 1,
    state: 'ok',
    start: null,
    ms: null,
  }))
}

/** Counts by content key the inputs that failed and have not succeeded in a later run with the same log. */
export function failedKeys(file: string): KeyCounts {
  const inputs = new Map<string, { failed: number; succeeded: number; known: number; runs: Map<string, number> }>()
  for (const row of summariseLog(file).last.values()) {
    // Lines of several inputs have only the first half of the keys of values.
    const key = row.key.startsWith('sha256:') ? row.key.slice(0, 39) : row.key
    let input = inputs.get(key)
    if (input === undefined) inputs.set(key, (input = { failed: 0, succeeded: 0, known: 0, runs: new Map() }))
    // A later run leaves out what succeeded before, and runs all others of this key.
    const before = input.runs.get(row.run) ?? input.succeeded
    input.runs.set(row.run, before + 1)
    input.known = Math.max(input.known, before + 1)
    if (row.state === 'ok' || row.state === 'cached') input.succeeded++
    else if (row.state !== 'aborted') input.failed++
  }
  const failed = new KeyCounts()
  for (const [key, input] of inputs) {
    const rest = Math.min(input.known - input.succeeded, input.failed)
    if (rest > 0) failed.add(key, rest)
  }
  return failed
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
  const rows = [...summariseLog(log, run).last.values()]
  const failed = rows.filter(({ state }) => state !== 'ok' && state !== 'cached').toSorted((a, b) => a.task - b.task)
  const row = task === undefined ? failed[0] : rows.find((one) => one.task === task)
  if (row !== undefined && failed.includes(row)) return row
  const what =
    task === undefined
      ? `nothing failed in ${run}`
      : row === undefined
        ? `${run} has no outcome of an input ${task}`
        : `input ${task} of ${run} did not fail`
  const numbers = failed.slice(0, TOLD).map((one) => one.task)
  const rest = failed.length > TOLD ? ', …' : ''
  const others = task === undefined || failed.length === 0 ? '' : `; these failed: ${numbers.join(', ')}${rest}`
  throw new CommandError(`${what}${others}`, EXIT.cannotStart)
}
