import { count, duration } from '../util/show-number.ts'
import type { ProgressState } from './progress-option.ts'

/** The numbers of a progress line, as texts, in the order in which they are shown. */
export interface Facts {
  /** `1,204/1,812 files` */
  readonly count: string
  /** `66 %` */
  readonly percent: string | undefined
  /** `212/s` */
  readonly rate: string
  /** `2 failed` */
  readonly failed: string | undefined
  /** `ETA 3s`, or where that cannot be known how long it has been going on. */
  readonly time: string
}

export function facts(state: ProgressState, unit: string | undefined): Facts {
  const { done, failed, total, rate, elapsedMs, etaMs } = state
  const completed = done + failed
  const counted = total === undefined ? count(completed) : `${count(completed)}/${count(total)}`
  return {
    count: unit === undefined ? counted : `${counted} ${unit}`,
    percent: total === undefined || total === 0 ? undefined : `${Math.floor((completed / total) * 100)} %`,
    rate: `${rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1)}/s`,
    failed: failed === 0 ? undefined : `${count(failed)} failed`,
    time:
      etaMs === undefined || completed === total
        ? duration(Math.floor(elapsedMs / 1_000) * 1_000)
        : `ETA ${duration(etaMs)}`,
  }
}

/** All of them in one line: `1,204/1,812  66 %  212/s  2 failed  ETA 3s`. */
export function factsLine(state: ProgressState, unit: string | undefined): string {
  const { count: counted, percent, rate, failed, time } = facts(state, unit)
  return [counted, percent, rate, failed, time].filter((text) => text !== undefined).join('  ')
}
