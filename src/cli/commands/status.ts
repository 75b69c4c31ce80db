import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import type { RowState } from '../../journal/journal-line.ts'
import type { JournalRow } from '../../journal/read-journal.ts'
import { isRunning } from '../../util/running-process.ts'
import { count, duration } from '../../util/show-number.ts'
import { escapeText } from '../../util/terminal-text.ts'
import type { StatusFlags } from '../flags/command-flags.ts'
import { labelOf } from '../report/label-of.ts'
import { type LogSummary, summariseLog, type WorkerWork } from '../runs/log-summary.ts'
import { allRecords, readRecord, type RunRecord } from '../runs/run-record.ts'

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
    console.log(flags.json ? asJson(record, flags) : describe(record, flags))
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

function isUnderWay({ ended, pid, startedAs = null }: RunRecord): boolean {
  return ended === null && isRunning({ pid, started: startedAs })
}

function summaryOf({ log, run }: RunRecord): LogSummary | undefined {
  return log !== null && existsSync(log) ? summariseLog(log, run) : undefined
}

function asJson(record: RunRecord, { failed, slow, workers }: StatusFlags): string {
  const summary = summaryOf(record)
  const states = Object.fromEntries(summary?.states ?? [])
  const rows = [...(summary?.last.values() ?? [])]
  return JSON.stringify({
    ...record,
    state: runState(record),
    attempts: summary?.attempts ?? 0,
    states,
    ...(failed && { failed: rows.filter(({ state }) => !isGood(state)) }),
    ...(slow && { slow: slowestOf(rows) }),
    ...(workers && { workers: [...(summary?.workers.values() ?? [])] }),
  })
}

function describe(record: RunRecord, { failed, slow, workers }: StatusFlags): string {
  const { started, ended, log, output } = record
  const summary = summaryOf(record)
  const lines = [headline(record), `  ${countsOf(summary)}`]
  lines.push(`  ${time((ended ?? Date.now()) - started)}, log ${log === null ? 'none' : escapeText(log)}`)
  if (output !== null) lines.push(`  results ${escapeText(output)}`)
  if (summary === undefined) return lines.join('\n')
  const rows = [...summary.last.values()]
  if (failed) lines.push(...rows.filter(({ state }) => !isGood(state)).map(failedLine))
  if (slow) lines.push(...slowestOf(rows).map(slowLine))
  if (workers) lines.push(...[...summary.workers].map(workerLine))
  return lines.join('\n')
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

function isGood(state: RowState): boolean {
  return state === 'ok' || state === 'cached' || state === 'skipped'
}

/** Shows a length of time; short ones to the millisecond. */
function time(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : duration(ms)
}

function failedLine({ state, task, input, error }: JournalRow): string {
  const what = error === undefined ? state : `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`
  return `  ${state.padEnd(8)} #${task} ${labelOf(input)}: ${escapeText(what)}`
}
