import { type DoneFrame, outcomeCount, SLOW_MS } from '../../wire/protocol/frames.ts'
import type { Timing } from '../jobs/job-observers.ts'

const NONE: readonly number[] = []
const NONE_SLOW: ReadonlySet<number> = new Set()

/** Start and length of the tasks of a frame, by row, as far as the worker told them. */
export class Timings {
  /** Each was measured. */
  readonly areAll: boolean
  /** Tasks that took long enough to be told alone. */
  readonly slow: ReadonlySet<number>
  /** Average milliseconds of the tasks that were not slow. */
  readonly averageMs: number
  readonly #times: DoneFrame['times']
  #timed: Map<number, Timing> | undefined

  constructor(frame: DoneFrame) {
    const { times, timed = NONE, ms } = frame
    this.areAll = times !== undefined
    this.#times = times
    this.slow = NONE_SLOW
    this.averageMs = Math.max(0, ms) / Math.max(1, outcomeCount(frame))
    // Most frames have none.
    if (times === undefined && timed.length === 0) return
    const slow = new Set<number>()
    let slowMs = 0
    const note = (row: number, own: number): void => {
      if (own < SLOW_MS) return
      slow.add(row)
      slowMs += own
    }
    for (let i = 0; i < timed.length; i += 3) {
      const row = timed[i] as number
      ;(this.#timed ??= new Map<number, Timing>()).set(row, {
        start: timed[i + 1] as number,
        ms: timed[i + 2] as number,
      })
      note(row, timed[i + 2] as number)
    }
    for (let i = 0; i < (times?.length ?? 0); i += 2) note(i / 2, times?.[i + 1] as number)
    this.slow = slow
    this.averageMs = Math.max(0, ms - slowMs) / Math.max(1, outcomeCount(frame) - slow.size)
  }

  at(row: number): Timing | undefined {
    const times = this.#times
    if (times === undefined) return this.#timed?.get(row)
    return { start: times[2 * row] as number, ms: times[2 * row + 1] as number }
  }
}
