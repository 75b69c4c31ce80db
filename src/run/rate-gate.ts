import type { Gate } from '../pool/gate.ts'
import { timerDelay } from '../util/timer-delay.ts'
import { monotonicNow } from '../wire/clock.ts'

/** Timers are late by this much at times, in milliseconds: what was missed by then is made up for, and no more. */
const SLACK_MS = 10

/** Lets so many tasks a second start, evenly spread (generic cell rate algorithm, ITU-T I.371). */
export class RateGate implements Gate {
  readonly #interval: number
  /** When the next may start. */
  #next = -Infinity
  #timer: NodeJS.Timeout | undefined
  #wake: () => void = () => {}

  constructor(perSecond: number) {
    this.#interval = 1_000 / perSecond
  }

  onOpen(wake: () => void): void {
    this.#wake = wake
  }

  room(max: number): number {
    const now = monotonicNow()
    this.#next = this.#next === -Infinity ? now : Math.max(this.#next, now - SLACK_MS)
    if (now >= this.#next) return Math.min(max, Math.floor((now - this.#next) / this.#interval) + 1)
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        this.#wake()
      },
      timerDelay(Math.max(1, this.#next - now)),
    )
    return 0
  }

  started(count: number): void {
    this.#next += count * this.#interval
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
