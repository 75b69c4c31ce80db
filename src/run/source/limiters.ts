import { freemem } from 'node:os'

import type { StartLimiter } from '../../pool/jobs/ports.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import { timerDelay, monotonicNow } from '../../util/time.ts'

/** Timers are late by this much at times, in milliseconds: what was missed by then is made up for, and no more. */
const SLACK_MS = 10

/** Lets so many tasks a second start, evenly spread (generic cell rate algorithm, ITU-T I.371). */
export class RateLimiter implements StartLimiter {
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

/** How often it is looked whether there is enough again, in milliseconds. */
const LOOK_MS = 100

/** Lets nothing start while less memory is free, of the machine or of what this process may use of it. */
export class MemoryLimiter implements StartLimiter {
  readonly #limit: number
  readonly #free: () => number
  #timer: NodeJS.Timeout | undefined
  #warned = false
  #wake: () => void = () => {}

  constructor(limit: number, free: () => number = availableMemory) {
    this.#limit = limit
    this.#free = free
  }

  onOpen(wake: () => void): void {
    this.#wake = wake
  }

  /** One at a time: what a task takes shows only while it runs. */
  room(max: number): number {
    const free = this.#free()
    if (free >= this.#limit) return Math.min(max, 1)
    this.#warn(free)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#wake()
    }, LOOK_MS)
    return 0
  }

  started(): void {
    // What was started takes memory, not turns.
  }

  close(): void {
    clearTimeout(this.#timer)
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

/** Bytes that this process can have, with the limits of its container where Node knows them. */
function availableMemory(): number {
  return (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem()
}

/** What a run's tasks have to pass before they start; undefined where nothing holds them up. */
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
    close: () => limiters.forEach((limiter) => limiter.close()),
  }
}
