// What to add to `performance.now()` of this thread to get the machine's monotonic clock.
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** Milliseconds on the machine's monotonic clock: comparable between threads and processes, unmoved by clock changes. */
export function monotonicNow(): number {
  return performance.now() + offset
}

/** Node's timers wait no longer than this, in milliseconds (24.8 days): with more they go off at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** A time for `setTimeout`. Whoever waits for longer looks at the clock then, and waits again. */
export function timerDelay(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS)
}
