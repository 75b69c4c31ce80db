import { setTimeout as pause } from 'node:timers/promises'

import type { JournalRow } from '../../journal/lines/read-journal.ts'
import { count, duration } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { Digest } from '../../view/digest/digest.ts'
import type { WorkerSum } from '../../view/digest/worker-sums.ts'
import type { StatusFlags } from '../flags/command-flags.ts'
import { labelOf } from '../report/label-of.ts'
import { isGood } from '../runs/last-attempts.ts'
import { allRecords, type RunRecord } from '../runs/run-record.ts'
import { isUnderWay } from '../runs/under-way.ts'
import { WatchedRun } from '../runs/watched-run.ts'

const SLOWEST = 20
const WATCH_MS = 1_000

/** `manyhands status`: shows the state of a run, or of all in this folder. Prints to stdout. */
export async function status(run: string | undefined, flags: StatusFlags): Promise<void> {
  if (run === undefined && isAboutGroup(flags)) {
    const { showGroup } = await import('../cluster/show-group.ts')
    return showGroup(flags)
  }
  const { failed, slow, workers, watch, json } = flags
  if (run === undefined && !failed && !slow && !workers && !watch) return listRuns(json)
  const watched = new WatchedRun(run ?? 'last', { rows: failed || slow })
  for (;;) {
    watched.read()
    if (json) printJson(watched, flags)
    else printText(watched, flags)
    if (!watch || !watched.isUnderWay) return
    await pause(WATCH_MS)
  }
}

/** True if the flags name a broker or group, rather than a run. */
function isAboutGroup({ server, group, workers }: StatusFlags): boolean {
  return (server ?? group ?? (workers ? process.env['NATS_URL'] : undefined)) !== undefined
}

function listRuns(json: boolean): void {
  const records = allRecords()
  if (json) return console.log(JSON.stringify(records))
  if (records.length === 0) return console.log('no runs in this folder')
  for (const record of records) console.log(headline(record))
}

function headline(record: RunRecord): string {
  const { run, name, started } = record
  return `${run.padEnd(20)} ${runState(record).padEnd(14)} ${new Date(started).toISOString().slice(0, 19)}  ${escapeText(name)}`
}

function runState(record: RunRecord): string {
  if (record.ended === null) return isUnderWay(record) ? 'running' : 'was killed'
  return record.exitCode === 0 ? 'ok' : `exit code ${record.exitCode}`
}

/** Prints piece by piece: a run may have millions of failures. */
function printJson(watched: WatchedRun, { failed, slow, workers }: StatusFlags): void {
  const { record, digest } = watched
  const counts = digest?.counts()
  const states = Object.fromEntries(Object.entries(counts?.states ?? {}).filter(([, number]) => number > 0))
  const head = { ...record, state: runState(record), attempts: counts?.attempts ?? 0, states }
  process.stdout.write(JSON.stringify(head).slice(0, -1))
  if (failed) {
    process.stdout.write(',"failed":[')
    let separator = ''
    for (const row of failedRows(watched)) {
      process.stdout.write(separator + JSON.stringify(row))
      separator = ','
    }
    process.stdout.write(']')
  }
  const rest = { ...(slow && { slow: slowestRows(watched) }), ...(workers && { workers: digest?.workers() ?? [] }) }
  const fields = JSON.stringify(rest).slice(1)
  console.log(fields === '}' ? fields : `,${fields}`)
}

function printText(watched: WatchedRun, { failed, slow, workers }: StatusFlags): void {
  const { record, digest } = watched
  const { started, ended, log, output } = record
  console.log(headline(record))
  console.log(`  ${countsOf(digest)}`)
  console.log(`  ${time((ended ?? Date.now()) - started)}, log ${log === null ? 'none' : escapeText(log)}`)
  if (output !== null) console.log(`  results ${escapeText(output)}`)
  if (failed) for (const row of failedRows(watched)) console.log(failedLine(row))
  if (slow) for (const row of slowestRows(watched)) console.log(slowLine(row))
  if (workers) for (const worker of digest?.workers() ?? []) console.log(workerLine(worker))
}

/** Reads the last attempts of the tasks that failed, in the order of the log. */
function* failedRows(watched: WatchedRun): Generator<JournalRow, void> {
  for (const row of watched.lastRows()) if (!isGood(row.state)) yield row
}

/** Reads the last attempts that took longest. Successes of less than a millisecond have no row of their own. */
function slowestRows(watched: WatchedRun): JournalRow[] {
  let slowest: JournalRow[] = []
  for (const row of watched.lastRows()) {
    slowest.push(row)
    if (slowest.length >= 2 * SLOWEST) slowest = slowestOf(slowest)
  }
  return slowestOf(slowest)
}

function countsOf(digest: Digest | undefined): string {
  const counts = digest?.counts()
  const known = Object.entries(counts?.states ?? {}).filter(([, number]) => number > 0)
  if (known.length === 0) return 'nothing finished'
  const attempts = counts?.attempts ?? 0
  return `${known.map(([state, number]) => `${count(number)} ${state}`).join(', ')} in ${attemptsOf(attempts)}`
}

function attemptsOf(number: number): string {
  return `${count(number)} ${number === 1 ? 'attempt' : 'attempts'}`
}

function slowestOf(rows: readonly JournalRow[]): JournalRow[] {
  return rows.toSorted((a, b) => (b.ms ?? 0) - (a.ms ?? 0)).slice(0, SLOWEST)
}

function slowLine({ ms, task, input }: JournalRow): string {
  return `  ${time(ms ?? 0).padStart(8)}  #${task} ${labelOf(input)}`
}

function workerLine({ worker, pid, host, attempts, ms }: WorkerSum): string {
  return `  worker ${worker}: ${attemptsOf(attempts)}, ${time(ms)} of work (pid ${pid ?? 'unknown'} on ${escapeText(host)})`
}

/** Shows a length of time; short ones to the millisecond. */
function time(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : duration(ms)
}

function failedLine({ state, task, input, error }: JournalRow): string {
  const what = error === undefined ? state : `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`
  return `  ${state.padEnd(8)} #${task} ${labelOf(input)}: ${escapeText(what)}`
}
