import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import type { JournalRow } from '../../journal/journal-row.ts'
import { count, duration } from '../../util/show-number.ts'
import type { AccessFlags } from '../cluster/access-options.ts'
import { escapeText } from '../report/escape-text.ts'
import { labelOf } from '../report/label-of.ts'
import { type LogSummary, summariseLog } from '../runs/log-summary.ts'
import { allRecords, readRecord, type RunRecord } from '../runs/run-record.ts'

/** What is asked about a run. */
export interface StatusFlags extends AccessFlags {
  readonly failed: boolean
  readonly slow: boolean
  readonly workers: boolean
  readonly watch: boolean
  readonly json: boolean
}

const SLOWEST = 20
const WATCH_MS = 1_000

/** `manyhands status`: how a run stands, or all of this folder. Prints to stdout. */
export async function status(run: string | undefined, flags: StatusFlags): Promise<void> {
  if (run === undefined && !flags.failed && !flags.slow && !flags.workers && !flags.watch) return listRuns(flags.json)
  if (run === undefined && flags.workers && (flags.server ?? process.env['NATS_URL']) !== undefined) {
    const { showGroup } = await import('../cluster/group-status.ts')
    return showGroup(flags)
  }
  for (;;) {
    const record = readRecord(run ?? 'last')
    console.log(flags.json ? asJson(record) : describe(record, flags))
    if (!flags.watch || !isRunning(record)) return
    await pause(WATCH_MS)
  }
}

function listRuns(json: boolean): void {
  const records = allRecords()
  if (json) return console.log(JSON.stringify(records))
  if (records.length === 0) return console.log('no runs in this folder')
  for (const record of records) console.log(headline(record))
}

function headline(record: RunRecord): string {
  const { run, name, started } = record
  return `${run.padEnd(20)} ${stateOf(record).padEnd(14)} ${new Date(started).toISOString().slice(0, 19)}  ${escapeText(name)}`
}

function stateOf(record: RunRecord): string {
  if (record.ended === null) return isRunning(record) ? 'running' : 'was killed'
  return record.exitCode === 0 ? 'ok' : `exit code ${record.exitCode}`
}

function isRunning({ ended, pid }: RunRecord): boolean {
  if (ended !== null) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function summaryOf({ log, run }: RunRecord): LogSummary | undefined {
  return log !== null && existsSync(log) ? summariseLog(log, run) : undefined
}

function asJson(record: RunRecord): string {
  const summary = summaryOf(record)
  const states = Object.fromEntries(summary?.states ?? [])
  return JSON.stringify({ ...record, state: stateOf(record), attempts: summary?.attempts ?? 0, states })
}

function describe(record: RunRecord, flags: StatusFlags): string {
  const lines = [headline(record)]
  const summary = summaryOf(record)
  const states = [...(summary?.states ?? [])].map(([state, number]) => `${count(number)} ${state}`)
  lines.push(
    `  ${states.length === 0 ? 'nothing finished' : states.join(', ')} in ${count(summary?.attempts ?? 0)} attempts`,
  )
  lines.push(`  ${time((record.ended ?? Date.now()) - record.started)}, log ${record.log ?? 'none'}`)
  if (record.output !== null) lines.push(`  results ${escapeText(record.output)}`)
  const rows = [...(summary?.last.values() ?? [])]
  if (flags.failed) lines.push(...rows.filter(({ state }) => state !== 'ok').map(failedLine))
  if (flags.slow) {
    lines.push(
      ...rows
        .toSorted((a, b) => (b.ms ?? 0) - (a.ms ?? 0))
        .slice(0, SLOWEST)
        .map((row) => `  ${time(row.ms ?? 0).padStart(8)}  #${row.task} ${labelOf(row.input)}`),
    )
  }
  for (const [name, worker] of flags.workers ? (summary?.workers ?? []) : []) {
    const id = name.split(' ')[1]
    const where = `pid ${worker.pid ?? 'unknown'} on ${escapeText(worker.host)}`
    lines.push(`  worker ${id}: ${count(worker.attempts)} attempts, ${time(worker.ms)} of work (${where})`)
  }
  return lines.join('\n')
}

/** Short times to the millisecond. */
function time(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : duration(ms)
}

function failedLine({ state, task, input, error }: JournalRow): string {
  const what = error === undefined ? state : `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`
  return `  ${state.padEnd(8)} #${task} ${labelOf(input)}: ${escapeText(what)}`
}
