import type { StepReport } from '../../pipeline/pipeline-results.ts'
import type { RunStats } from '../../run/run-stats.ts'
import { count, duration } from '../../util/text/show-number.ts'
import { escapeText, type Paint } from '../../util/text/terminal-text.ts'
import { EXIT } from '../command-error.ts'
import type { Explanation } from '../explain-error.ts'
import type { Screen } from '../report/screen.ts'
import type { RunSource } from './run-source.ts'

/** The outcome of a run, in numbers and reasons. */
export interface Outcome {
  readonly ok: number
  /** Results that came from the cache; for a workflow, calls of its nodes that did. */
  readonly cached: number
  readonly cacheCounts: RunSource['counts']
  readonly failed: number
  /** Failures that are rows that could not be read: a retry does not help as long as they stay so. */
  readonly badRows: number
  /** Inputs left out because they succeeded before. */
  readonly skipped: number
  /** Inputs that were to run again and were not among the inputs. */
  readonly missing: number
  /** Inputs that were stopped or not started, because the run ended early. */
  readonly notDone: number
  readonly elapsedMs: number
  /** Milliseconds that all attempts took together, if known. */
  readonly workMs: number | undefined
  /** The error that ended the run early. */
  readonly problem: Explanation | undefined
  /** The exit code of a signal. */
  readonly interrupted: number | undefined
  readonly endedBy: RunStats['endedBy']
  /** Absent if the run left nothing to resume. */
  readonly run: string | undefined
  readonly log: string | undefined
  readonly output: string | undefined
  /** The folder of the cache, if the run has one. */
  readonly cache: string | undefined
  /** The counts of a pipeline's steps. */
  readonly steps: StepReport | undefined
}

/** Why a run ended before its inputs did; in the summary of `--json`: the words of `stats()`, and two more. */
type EndReason = NonNullable<RunStats['endedBy']> | 'interrupted' | 'error'

/** The same for people: `halted after 2.1s`. */
const IN_WORDS: Readonly<Record<EndReason, string>> = {
  halt: 'halted',
  deadline: 'out of time',
  quit: 'quit',
  interrupted: 'interrupted',
  error: 'ended',
}

/** The exit code of the command for a run. */
export function exitCodeOf(outcome: Outcome): number {
  const { interrupted, problem, failed, missing } = outcome
  switch (reasonOf(outcome)) {
    case 'interrupted':
      return interrupted ?? EXIT.interrupted
    case 'deadline':
      return EXIT.deadline
    case 'error':
      return problem?.exitCode ?? EXIT.cannotStart
    case 'quit':
      return EXIT.interrupted
    case 'halt':
      return EXIT.halted
    case undefined:
      return failed + missing > 0 ? EXIT.someFailed : EXIT.ok
  }
}

/** Warns, even with `--quiet`, about inputs to retry that were not among the inputs. */
export function tellMissing({ missing }: Outcome, screen: Screen): void {
  if (missing === 0) return
  screen.warn(`${count(missing)} that had failed ${missing === 1 ? 'was' : 'were'} not among the inputs`)
}

/** Sums a run up for people. */
export function tellOutcome(outcome: Outcome, screen: Screen): void {
  const { ok, failed, badRows, skipped, cached, cacheCounts, cache, run, output } = outcome
  const reason = reasonOf(outcome)
  screen.say(`${summaryLine(outcome, reason, screen.paint)}${run === undefined ? '' : `    run ${run}`}`)
  const hints: string[] = []
  if (output !== undefined && output !== '-' && ok > 0) hints.push(`results ${escapeText(output)}`)
  if (cacheCounts === 'calls' && cache !== undefined) hints.push(`${cached} calls from the cache ${escapeText(cache)}`)
  if (run !== undefined && reason !== undefined) hints.push(`resume: add --resume=${run}`)
  else if (run !== undefined && failed > badRows) hints.push(`retry the failures: manyhands retry ${run}`)
  else if (run !== undefined && badRows > 0) hints.push(`after fixing the rows: add --resume=${run}`)
  if (hints.length > 0) screen.say(`  ${hints.join('    ')}`)
  if (skipped > 0 && ok + failed === 0)
    screen.say(`  ${skipped === 1 ? 'the input' : `all ${count(skipped)} inputs`} had succeeded before`)
}

/** Sums a run up for programs. */
export function outcomeJson(outcome: Outcome): string {
  const { ok, cached, failed, skipped, missing, notDone, elapsedMs, workMs, run, log, output, problem, steps } = outcome
  return JSON.stringify({
    type: 'summary',
    run,
    ok,
    cached,
    failed,
    skipped,
    missing,
    notDone,
    elapsedMs: Math.round(elapsedMs),
    workMs: workMs === undefined ? undefined : Math.round(workMs),
    endedBy: reasonOf(outcome),
    error: problem?.message,
    exitCode: exitCodeOf(outcome),
    log,
    output,
    steps,
  })
}

function reasonOf({ interrupted, endedBy, problem }: Outcome): EndReason | undefined {
  if (interrupted !== undefined) return 'interrupted'
  if (endedBy === 'deadline') return 'deadline'
  if (problem !== undefined) return 'error'
  return endedBy
}

/** `✔ 1,810 ok, 2 failed in 8.6s (210/s, 7.4x one worker)` */
function summaryLine(outcome: Outcome, reason: EndReason | undefined, paint: Paint): string {
  const { ok, cached, cacheCounts, failed, skipped, notDone, elapsedMs } = outcome
  const hasHits = cached > 0 && cacheCounts === 'results'
  const parts = [hasHits ? `${count(ok)} ok (${count(cached)} from the cache)` : `${count(ok)} ok`]
  if (failed > 0) parts.push(paint('red', `${count(failed)} failed`))
  if (skipped > 0) parts.push(`${count(skipped)} skipped`)
  if (notDone > 0) parts.push(`${count(notDone)} not done`)
  const time = elapsedMs < 60_000 ? `${(elapsedMs / 1_000).toFixed(1)}s` : duration(elapsedMs)
  const counts = parts.join(', ')
  if (reason !== undefined) return `${paint('red', '✖')} ${IN_WORDS[reason]} after ${time}: ${counts}`
  const mark = ok === 0 && failed > 0 ? paint('red', '✖') : paint('green', '✔')
  if (ok + failed + skipped === 0) return `${mark} no inputs, nothing to do`
  return `${mark} ${counts} in ${time}${ok + failed === 0 ? '' : ` (${speedOf(outcome)})`}`
}

/** Runs that are shorter, in milliseconds, are mostly start: how much faster they were would say nothing. */
const LONG_ENOUGH_MS = 1_000

function speedOf({ ok, failed, elapsedMs, workMs = 0 }: Outcome): string {
  const perSecond = ((ok + failed) / elapsedMs) * 1_000
  const rate = `${perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))}/s`
  const speedUp = (workMs / elapsedMs).toFixed(1)
  return elapsedMs < LONG_ENOUGH_MS || speedUp === '0.0' ? rate : `${rate}, ${speedUp}x one worker`
}
