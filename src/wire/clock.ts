// What to add to `performance.now()` of this thread to get the machine's monotonic clock.
const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** Milliseconds on the machine's monotonic clock: comparable between threads and processes, unmoved by clock changes. */
export function monotonicNow(): number {
  return performance.now() + offset
}
