import type { Paint } from '../../util/paint.ts'
import { count, duration } from '../../util/show-number.ts'

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
