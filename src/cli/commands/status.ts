import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import type { JournalRow } from '../../journal/lines/read-journal.ts'
import { count, duration } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { StatusFlags } from '../flags/command-flags.ts'
import { labelOf } from '../report/label-of.ts'
import { isGood } from '../runs/last-attempts.ts'
import { lastRows, type LogSummary, summariseLog, type WorkerWork } from '../runs/log-summary.ts'
import { allRecords, readRecord, type RunRecord } from '../runs/run-record.ts'
import { isUnderWay } from '../runs/under-way.ts'

const SLOWEST = 20
const WATCH_MS = 1_000

/** `manyhands status`: shows the state of a run, or of all in this folder. Prints to stdout. */
export async function status(run: string | undefined, flags: StatusFlags): Promise<void> {
  if (run === undefined && isAboutGroup(flags)) {
    const { showGroup } = await import('../cluster/show-group.ts')
    return showGroup(flags)
  }
  if (run === undefined && !flags.failed && !flags.slow && !flags.workers && !flags.watch) return listRuns(flags.json)
  for (;;) {
    const record = readRecord(run ?? 'last')
    if (flags.json) printJson(record, flags)
    else printText(record, flags)
    if (!flags.watch || !isUnderWay(record)) return
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

function summaryOf({ log, run }: RunRecord): LogSummary | undefined {
  return log !== null && existsSync(log) ? summariseLog(log, run) : undefined
}

/** Prints piece by piece: a run may have millions of failures. */
function printJson(record: RunRecord, { failed, slow, workers }: StatusFlags): void {
  const summary = summaryOf(record)
  const states = Object.fromEntries(summary?.states ?? [])
  const head = { ...record, state: runState(record), attempts: summary?.attempts ?? 0, states }
  process.stdout.write(JSON.stringify(head).slice(0, -1))
  if (failed) {
    process.stdout.write(',"failed":[')
    let separator = ''
    for (const row of failedRows(record, summary)) {
      process.stdout.write(separator + JSON.stringify(row))
      separator = ','
    }
    process.stdout.write(']')
  }
  const rest = {
    ...(slow && { slow: slowestRows(record, summary) }),
    ...(workers && { workers: [...(summary?.workers.values() ?? [])] }),
  }
  const fields = JSON.stringify(rest).slice(1)
  console.log(fields === '}' ? fields : `,${fields}`)
}

function printText(record: RunRecord, { failed, slow, workers }: StatusFlags): void {
  const { started, ended, log, output } = record
  const summary = summaryOf(record)
  console.log(headline(record))
  console.log(`  ${countsOf(summary)}`)
  console.log(`  ${time((ended ?? Date.now()) - started)}, log ${log === null ? 'none' : escapeText(log)}`)
  if (output !== null) console.log(`  results ${escapeText(output)}`)
  if (summary === undefined) return
  if (failed) for (const row of failedRows(record, summary)) console.log(failedLine(row))
  if (slow) for (const row of slowestRows(record, summary)) console.log(slowLine(row))
  if (workers) for (const worker of summary.workers) console.log(workerLine(worker))
}

/** Reads the last attempts of the tasks that failed, in the order of the log. */
function* failedRows({ log, run }: RunRecord, summary: LogSummary | undefined): Generator<JournalRow, void> {
  if (log === null || summary === undefined) return
  for (const row of lastRows(log, run, summary)) if (!isGood(row.state)) yield row
}

/** Reads the last attempts that took longest. Successes of less than a millisecond have no row of their own. */
function slowestRows({ log, run }: RunRecord, summary: LogSummary | undefined): JournalRow[] {
  if (log === null || summary === undefined) return []
  let slowest: JournalRow[] = []
  for (const row of lastRows(log, run, summary)) {
    slowest.push(row)
    if (slowest.length >= 2 * SLOWEST) slowest = slowestOf(slowest)
  }
  return slowestOf(slowest)
}

function countsOf(summary: LogSummary | undefined): string {
  if (summary === undefined || summary.attempts === 0) return 'nothing finished'
  const states = [...summary.states].map(([state, number]) => `${count(number)} ${state}`)
  return `${states.join(', ')} in ${attemptsOf(summary.attempts)}`
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

function workerLine([name, { pid, host, attempts, ms }]: readonly [string, WorkerWork]): string {
  const id = name.split(' ')[1]
  return `  worker ${id}: ${attemptsOf(attempts)}, ${time(ms)} of work (pid ${pid ?? 'unknown'} on ${escapeText(host)})`
}

/** Shows a length of time; short ones to the millisecond. */
function time(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : duration(ms)
}

function failedLine({ state, task, input, error }: JournalRow): string {
  const what = error === undefined ? state : `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`
  return `  ${state.padEnd(8)} #${task} ${labelOf(input)}: ${escapeText(what)}`
}
