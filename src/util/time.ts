/** Attempts at comparing two clocks: a thread may lose its core between two looks, but hardly each time. */
const LOOKS = 10

/** Difference between `performance.now()` of this thread and the machine's monotonic clock, in milliseconds. */
const offset = clockOffset()

/** Takes the look at both clocks that took the least time. */
function clockOffset(): number {
  let best = Infinity
  let found = 0
  for (let i = 0; i < LOOKS; i++) {
    const before = performance.now()
    const monotonic = Number(process.hrtime.bigint()) / 1e6
    const took = performance.now() - before
    if (took >= best) continue
    best = took
    found = monotonic - (before + took / 2)
  }
  return found
}

/** Milliseconds on the machine's monotonic clock: comparable between threads and processes, unmoved by clock changes. */
export function monotonicNow(): number {
  return performance.now() + offset
}

/** A time on the monotonic clock as milliseconds since 1970, with fractions. Changes of the clock since then do not count. */
export function epochTime(monotonic: number): number {
  return performance.timeOrigin + (monotonic - offset)
}

/** Milliseconds since 1970, with fractions. */
export function epochNow(): number {
  return performance.timeOrigin + performance.now()
}

/** The longest delay that Node's timers support, in milliseconds (24.8 days): longer ones fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Limits a delay for `setTimeout`. For longer waits the callback must check the clock, and wait again. */
export function timerDelay(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS)
}
