import { setTimeout as pause } from 'node:timers/promises'

import type { JournalRow } from '../../journal/lines/read-journal.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { WorkerSum } from '../../view/digest/worker-sums.ts'
import type { StatusFlags, TopFlags } from '../flags/command-flags.ts'
import { labelOf } from '../report/label-of.ts'
import { attemptsOf, headline, runState, statusLines, time } from '../report/status-text.ts'
import { isGood, LastAttempts } from '../runs/last-attempts.ts'
import { lastRows } from '../runs/last-rows.ts'
import { allRecords } from '../runs/run-record.ts'
import { WatchedRun } from '../runs/watched-run.ts'
import type { Panel } from '../top/top-state.ts'

const SLOWEST = 20
const WATCH_MS = 1_000

/** `manyhands status`: shows the state of a run, or of all in this folder. Prints to stdout. Resolves to the exit code. */
export async function status(run: string | undefined, flags: StatusFlags): Promise<number> {
  if (run === undefined && isAboutGroup(flags)) {
    const { showGroup } = await import('../cluster/show-group.ts')
    await showGroup(flags)
    return 0
  }
  const { failed, slow, workers, watch, plain, json } = flags
  if (run === undefined && !failed && !slow && !workers && !watch) {
    listRuns(json)
    return 0
  }
  const panel: Panel = slow ? 'slowest' : workers ? 'workers' : 'failures'
  if (watch && !json && hasScreen(plain)) return onTerminal(run, panel)
  const last = failed || slow ? new LastAttempts() : undefined
  const watched = new WatchedRun(run ?? 'last', last)
  for (let isFirst = true; ; isFirst = false) {
    watched.read()
    if (json) printJson(watched, last, flags)
    else printText(watched, last, flags, isFirst)
    if (!watch || !watched.isUnderWay) return 0
    await pause(WATCH_MS)
  }
}

/** `manyhands top`: the same as `status --watch`, but with `--json` a line with the whole view every second. */
export async function top(run: string | undefined, flags: TopFlags): Promise<number> {
  const { plain, json } = flags
  if (!json) return status(run ?? 'last', { ...flags, watch: true, plain, failed: false, slow: false, workers: false })
  const watched = new WatchedRun(run ?? 'last')
  for (;;) {
    watched.read()
    console.log(JSON.stringify(watched.view()))
    if (!watched.isUnderWay) return 0
    await pause(WATCH_MS)
  }
}

/** Shows a run on the whole terminal, and its state when that is over. */
async function onTerminal(run: string | undefined, panel: Panel): Promise<number> {
  const { watchOnTerminal } = await import('../top/watch-terminal.ts')
  const { watched, exitCode } = await watchOnTerminal(run ?? 'last', panel)
  watched.read()
  for (const line of statusLines(watched)) console.log(line)
  return exitCode
}

/** Tells if there is a terminal that can be drawn on, and someone to look at it. */
function hasScreen(plain: boolean): boolean {
  const { TERM, CI } = process.env
  const isWatched = CI === undefined || CI === '' || CI === 'false' || CI === '0'
  return !plain && process.stdout.isTTY && TERM !== 'dumb' && isWatched
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

type Last = LastAttempts | undefined

/** Prints piece by piece: a run may have millions of failures. */
function printJson(watched: WatchedRun, last: Last, { failed, slow, workers }: StatusFlags): void {
  const { record, digest } = watched
  const counts = digest?.counts()
  const states = Object.fromEntries(Object.entries(counts?.states ?? {}).filter(([, number]) => number > 0))
  const head = { ...record, state: runState(record), attempts: counts?.attempts ?? 0, states }
  process.stdout.write(JSON.stringify(head).slice(0, -1))
  if (failed) {
    process.stdout.write(',"failed":[')
    let separator = ''
    for (const row of failedRows(watched, last)) {
      process.stdout.write(separator + JSON.stringify(row))
      separator = ','
    }
    process.stdout.write(']')
  }
  const rest = {
    ...(slow && { slow: slowestRows(watched, last) }),
    ...(workers && { workers: digest?.workers() ?? [] }),
  }
  const fields = JSON.stringify(rest).slice(1)
  console.log(fields === '}' ? fields : `,${fields}`)
}

function printText(watched: WatchedRun, last: Last, { failed, slow, workers }: StatusFlags, isFirst: boolean): void {
  if (!isFirst) console.log()
  for (const line of statusLines(watched)) console.log(line)
  if (failed) for (const row of failedRows(watched, last)) console.log(failedLine(row))
  if (slow) for (const row of slowestRows(watched, last)) console.log(slowLine(row))
  if (workers) for (const worker of watched.digest?.workers() ?? []) console.log(workerLine(worker))
}

/** Reads the last attempts of the tasks of a run, as far as those have rows of their own. */
function lastOf({ record: { log, run } }: WatchedRun, last: Last): Iterable<JournalRow> {
  return log === null || last === undefined ? [] : lastRows(log, run, last)
}

/** Reads the last attempts of the tasks that failed, in the order of the log. */
function* failedRows(watched: WatchedRun, last: Last): Generator<JournalRow, void> {
  for (const row of lastOf(watched, last)) if (!isGood(row.state)) yield row
}

/** Reads the last attempts that took longest. Successes of less than a millisecond have no row of their own. */
function slowestRows(watched: WatchedRun, last: Last): JournalRow[] {
  let slowest: JournalRow[] = []
  for (const row of lastOf(watched, last)) {
    slowest.push(row)
    if (slowest.length >= 2 * SLOWEST) slowest = slowestOf(slowest)
  }
  return slowestOf(slowest)
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

function failedLine({ state, task, input, error }: JournalRow): string {
  const what = error === undefined ? state : `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`
  return `  ${state.padEnd(8)} #${task} ${labelOf(input)}: ${escapeText(what)}`
}
