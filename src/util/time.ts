// Difference between `performance.now()` of this thread and the machine's monotonic clock, in milliseconds.
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** Milliseconds on the machine's monotonic clock: comparable between threads and processes, unmoved by clock changes. */
export function monotonicNow(): number {
  return performance.now() + offset
}

/** A time on the monotonic clock as milliseconds since 1970, with fractions. Changes of the clock since then do not count. */
export function epochTime(monotonic: number): number {
  return performance.timeOrigin + (monotonic - offset)
}

/** The longest delay that Node's timers support, in milliseconds (24.8 days): longer ones fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Limits a delay for `setTimeout`. For longer waits the callback must check the clock, and wait again. */
export function timerDelay(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS)
}
