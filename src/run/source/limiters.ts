import { freemem } from 'node:os'

import type { StartLimiter } from '../../pool/jobs/ports.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import { timerDelay, monotonicNow } from '../../util/time.ts'

/** Timers may be late by this many milliseconds: starts missed within them are made up for, earlier ones are not. */
const SLACK_MS = 10

/** The timer of a limiter: one at a time. */
class LimiterTimer {
  #timer: NodeJS.Timeout | undefined
  #keepsAlive = true
  wake: () => void = () => {}

  /** Calls `wake` after this time, unless it will be called already. */
  start(ms: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.wake()
    }, timerDelay(ms))
    if (!this.#keepsAlive) this.#timer.unref()
  }

  hold(keepAlive: boolean): void {
    this.#keepsAlive = keepAlive
    if (keepAlive) this.#timer?.ref()
    else this.#timer?.unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** Starts at most `perSecond` tasks a second, evenly spread (generic cell rate algorithm, ITU-T I.371). */
export class RateLimiter implements StartLimiter {
  readonly #interval: number
  /** Time at which the next task may start, on the monotonic clock. */
  #next = -Infinity
  readonly #timer = new LimiterTimer()

  constructor(perSecond: number) {
    this.#interval = 1_000 / perSecond
  }

  onOpen(wake: () => void): void {
    this.#timer.wake = wake
  }

  room(max: number): number {
    const now = monotonicNow()
    this.#next = this.#next === -Infinity ? now : Math.max(this.#next, now - SLACK_MS)
    if (now >= this.#next) return Math.min(max, Math.floor((now - this.#next) / this.#interval) + 1)
    this.#timer.start(Math.max(1, this.#next - now))
    return 0
  }

  started(count: number): void {
    this.#next += count * this.#interval
  }

  hold(keepAlive: boolean): void {
    this.#timer.hold(keepAlive)
  }

  close(): void {
    this.#timer.stop()
  }
}

/** Milliseconds between two looks at free memory, while there is too little. */
const LOOK_MS = 100

/** Starts no task while less than `limit` bytes are free, of the machine or of this process's container. */
export class MemoryLimiter implements StartLimiter {
  readonly #limit: number
  readonly #free: () => number
  readonly #timer = new LimiterTimer()
  #warned = false

  constructor(limit: number, free: () => number = availableMemory) {
    this.#limit = limit
    this.#free = free
  }

  onOpen(wake: () => void): void {
    this.#timer.wake = wake
  }

  /** At most one at a time: the memory that a task needs shows only while it runs. */
  room(max: number): number {
    const free = this.#free()
    if (free >= this.#limit) return Math.min(max, 1)
    this.#warn(free)
    this.#timer.start(LOOK_MS)
    return 0
  }

  started(): void {
    // Nothing to count: free memory alone decides.
  }

  hold(keepAlive: boolean): void {
    this.#timer.hold(keepAlive)
  }

  close(): void {
    this.#timer.stop()
  }

  #warn(free: number): void {
    if (this.#warned) return
    this.#warned = true
    const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
    process.emitWarning(
      `${mib(free)} of memory are free, less than the ${mib(this.#limit)} of memfree: nothing is started until there is more`,
      { type: 'ManyhandsWarning', code: 'MH_LOW_MEMORY' },
    )
  }
}

/** Bytes that this process can still allocate, within the limits of its container if Node knows them. */
function availableMemory(): number {
  return (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem()
}

/** Makes the limiter of a run; undefined if the run has no `rate` and no `memfree`. */
export function limiterOf({ rate, memfree }: RunSettings): StartLimiter | undefined {
  const limiters: StartLimiter[] = []
  if (rate !== undefined) limiters.push(new RateLimiter(rate))
  if (memfree !== undefined) limiters.push(new MemoryLimiter(memfree))
  return limiters.length < 2 ? limiters[0] : allOf(limiters)
}

function allOf(limiters: readonly StartLimiter[]): StartLimiter {
  return {
    room: (max) => limiters.reduce((room, limiter) => (room === 0 ? 0 : limiter.room(room)), max),
    started: (count) => limiters.forEach((limiter) => limiter.started(count)),
    onOpen: (wake) => limiters.forEach((limiter) => limiter.onOpen(wake)),
    hold: (keepAlive) => limiters.forEach((limiter) => limiter.hold(keepAlive)),
    close: () => limiters.forEach((limiter) => limiter.close()),
  }
}
