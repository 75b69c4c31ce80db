import { ATTEMPT_STATES, type AttemptState, type JournalRow } from '../../journal/journal-row.ts'
import { KeyCounts } from '../../journal/key-counts.ts'
import { readJournal } from '../../journal/read-journal.ts'

/** The last attempt of each task in a job log, and counts over all. */
export interface LogSummary {
  readonly last: ReadonlyMap<string, JournalRow>
  readonly attempts: number
  readonly states: ReadonlyMap<AttemptState, number>
  /** By worker: how many attempts, and their milliseconds. */
  readonly workers: ReadonlyMap<string, WorkerWork>
}

/** What a worker has done. */
export interface WorkerWork {
  attempts: number
  ms: number
  readonly pid: number | null
  readonly host: string
}

/** Reads a job log; `run`: only the rows of that one. */
export function summariseLog(file: string, run?: string): LogSummary {
  const last = new Map<string, JournalRow>()
  const workers = new Map<string, WorkerWork>()
  let attempts = 0
  for (const row of readJournal(file)) {
    if (run !== undefined && row.run !== run) continue
    attempts++
    last.set(`${row.run} ${row.task}`, row)
    if (row.worker === null) continue
    const name = `${row.run} ${row.worker}`
    const worker = workers.get(name) ?? { attempts: 0, ms: 0, pid: row.pid, host: row.host }
    worker.attempts++
    worker.ms += row.ms ?? 0
    workers.set(name, worker)
  }
  const counts = new Map<AttemptState, number>()
  for (const { state } of last.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = new Map(
    ATTEMPT_STATES.flatMap((state) => (counts.has(state) ? [[state, counts.get(state) ?? 0]] : [])),
  )
  return { last, attempts, states, workers }
}

/** How many inputs with each content key failed, and have not succeeded in a later run with the same log. */
export function failedKeys(file: string): KeyCounts {
  const inputs = new Map<string, { failed: number; succeeded: number; known: number; runs: Map<string, number> }>()
  for (const row of summariseLog(file).last.values()) {
    let input = inputs.get(row.key)
    if (input === undefined) inputs.set(row.key, (input = { failed: 0, succeeded: 0, known: 0, runs: new Map() }))
    // What succeeded before is left out by a later run: all others of this key are among its tasks.
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
