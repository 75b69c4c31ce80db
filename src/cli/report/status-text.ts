import { count, duration } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { Digest } from '../../view/digest/digest.ts'
import type { RunRecord } from '../runs/run-record.ts'
import { isUnderWay } from '../runs/under-way.ts'
import type { WatchedRun } from '../runs/watched-run.ts'

/** Shows a run on one line. */
export function headline(record: RunRecord): string {
  const { run, name, started } = record
  return `${run.padEnd(20)} ${runState(record).padEnd(14)} ${new Date(started).toISOString().slice(0, 19)}  ${escapeText(name)}`
}

/** Returns what became of a run, in words. */
export function runState(record: RunRecord): string {
  if (record.ended === null) return isUnderWay(record) ? 'running' : 'was killed'
  return record.exitCode === 0 ? 'ok' : `exit code ${record.exitCode}`
}

/** Shows the state of a run in a few lines. */
export function statusLines({ record, digest }: WatchedRun): string[] {
  const { started, ended, log, output } = record
  const took = time((ended ?? Date.now()) - started)
  return [
    headline(record),
    `  ${countsOf(digest)}`,
    `  ${took}, log ${log === null ? 'none' : escapeText(log)}`,
    ...(output === null ? [] : [`  results ${escapeText(output)}`]),
  ]
}

function countsOf(digest: Digest | undefined): string {
  const counts = digest?.counts()
  const known = Object.entries(counts?.states ?? {}).filter(([, number]) => number > 0)
  if (known.length === 0) return 'nothing finished'
  const attempts = counts?.attempts ?? 0
  return `${known.map(([state, number]) => `${count(number)} ${state}`).join(', ')} in ${attemptsOf(attempts)}`
}

export function attemptsOf(number: number): string {
  return `${count(number)} ${number === 1 ? 'attempt' : 'attempts'}`
}

/** Shows a length of time; short ones to the millisecond. */
export function time(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : duration(ms)
}
