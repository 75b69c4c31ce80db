import type { StepReport } from '../../pipeline/pipeline-results.ts'
import { count, duration } from '../../util/show-number.ts'
import { escapeText, type Paint } from '../../util/terminal-text.ts'
import { EXIT } from '../command-error.ts'
import type { Explanation } from '../explain-error.ts'
import type { Screen } from '../report/screen.ts'

/** What became of a run. */
export interface Outcome {
  readonly ok: number
  /** Of those that are ok, how many came from the cache. */
  readonly cached: number
  readonly failed: number
  /** Of those that failed, inputs that could not be read: to run again makes no sense as long as they stand so. */
  readonly badRows: number
  /** Left out, because they succeeded before. */
  readonly skipped: number
  /** Inputs that were to run again and were not among the inputs. */
  readonly missing: number
  /** Inputs without an outcome, because the run ended early. */
  readonly notDone: number
  readonly elapsedMs: number
  /** What the attempts took together, where it is known. */
  readonly workMs: number | undefined
  /** What ended it before its inputs did. */
  readonly problem: Explanation | undefined
  readonly interrupted: number | undefined
  readonly endedBy: 'halt' | 'deadline' | 'quit' | undefined
  /** Absent where the run left no trace to go on with. */
  readonly run: string | undefined
  readonly log: string | undefined
  readonly output: string | undefined
  /** What the steps did, of a pipeline. */
  readonly steps: StepReport | undefined
}

/** The exit code that says it. */
export function exitCodeOf({ interrupted, endedBy, problem, failed, missing }: Outcome): number {
  if (interrupted !== undefined) return interrupted
  if (endedBy === 'deadline') return EXIT.deadline
  if (problem !== undefined) return problem.exitCode
  if (endedBy === 'quit') return EXIT.interrupted
  if (endedBy === 'halt') return EXIT.halted
  return failed + missing > 0 ? EXIT.someFailed : EXIT.ok
}

/** Of what was to run again some was not there. Told also where nothing else is. */
export function tellMissing({ missing }: Outcome, screen: Screen): void {
  if (missing === 0) return
  screen.warn(`${count(missing)} that had failed ${missing === 1 ? 'was' : 'were'} not among the inputs`)
}

/** Sums a run up for people. */
export function tellOutcome(outcome: Outcome, screen: Screen): void {
  const { ok, failed, badRows, skipped, run, output } = outcome
  const endedBy = reasonOf(outcome)
  screen.say(`${summaryLine({ ...outcome, endedBy }, screen.paint)}${run === undefined ? '' : `    run ${run}`}`)
  const hints: string[] = []
  if (output !== undefined && ok > 0) hints.push(`results ${escapeText(output)}`)
  if (run !== undefined && endedBy !== undefined) hints.push(`go on: add --resume=${run}`)
  else if (run !== undefined && failed > badRows) hints.push(`again what failed: manyhands retry ${run}`)
  else if (run !== undefined && badRows > 0) hints.push(`when the rows are mended: add --resume=${run}`)
  if (hints.length > 0) screen.say(`  ${hints.join('    ')}`)
  if (skipped > 0 && ok + failed === 0)
    screen.say(`  ${skipped === 1 ? 'the input' : `all ${count(skipped)} inputs`} had succeeded before`)
}

/** The same for programs. */
export function outcomeJson(outcome: Outcome): string {
  const { ok, cached, failed, skipped, missing, notDone, elapsedMs, workMs, run, log, output, problem, steps } = outcome
  const endedBy = reasonOf(outcome)
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
    endedBy,
    error: problem?.message,
    exitCode: exitCodeOf(outcome),
    log,
    output,
    steps,
  })
}

function reasonOf({ interrupted, endedBy, problem }: Outcome): string | undefined {
  if (interrupted !== undefined) return 'interrupted'
  if (endedBy === 'deadline') return 'out of time'
  if (problem !== undefined) return 'ended'
  if (endedBy === 'quit') return 'quit'
  return endedBy === 'halt' ? 'halted' : undefined
}

/** What became of a run's inputs. */
export interface Tally {
  readonly ok: number
  /** Of those that are ok, how many came from the cache. */
  readonly cached?: number
  readonly failed: number
  /** Left out, because they succeeded before. */
  readonly skipped?: number
  /** Stopped or not started, because the run ended early. */
  readonly notDone: number
  readonly elapsedMs: number
  /** What the attempts took together, where it is known. */
  readonly workMs?: number | undefined
  /** Why the run ended early: `interrupted`. */
  readonly endedBy: string | undefined
}

/** `✔ 1,810 ok, 2 failed in 8.6s (210/s, 7.4x one worker)` */
export function summaryLine(tally: Tally, paint: Paint): string {
  const { ok, cached = 0, failed, skipped = 0, notDone, elapsedMs, endedBy } = tally
  const parts = [cached > 0 ? `${count(ok)} ok (${count(cached)} from the cache)` : `${count(ok)} ok`]
  if (failed > 0) parts.push(paint('red', `${count(failed)} failed`))
  if (skipped > 0) parts.push(`${count(skipped)} skipped`)
  if (notDone > 0) parts.push(`${count(notDone)} not done`)
  const time = elapsedMs < 60_000 ? `${(elapsedMs / 1_000).toFixed(1)}s` : duration(elapsedMs)
  const outcome = parts.join(', ')
  if (endedBy !== undefined) return `${paint('red', '✖')} ${endedBy} after ${time}: ${outcome}`
  const mark = ok === 0 && failed > 0 ? paint('red', '✖') : paint('green', '✔')
  if (ok + failed + skipped === 0) return `${mark} no inputs, nothing to do`
  return `${mark} ${outcome} in ${time}${ok + failed === 0 ? '' : ` (${speedOf(tally)})`}`
}

/** Shorter runs are mostly start: how much faster they were would say nothing. */
const LONG_ENOUGH_MS = 1_000

function speedOf({ ok, failed, elapsedMs, workMs = 0 }: Tally): string {
  const perSecond = ((ok + failed) / elapsedMs) * 1_000
  const rate = `${perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))}/s`
  const speedUp = (workMs / elapsedMs).toFixed(1)
  return elapsedMs < LONG_ENOUGH_MS || speedUp === '0.0' ? rate : `${rate}, ${speedUp}x one worker`
}
