import type { TestContext } from 'node:test'

/** Returns a function that moves the clocks of this process forward, by so many milliseconds, until the test ends. */
export function movableClock(t: TestContext): (ms: number) => void {
  return clockOf(t, (real) => real)
}

/** The same of clocks that stand still otherwise, however long the test takes. */
export function stoppedClock(t: TestContext): (ms: number) => void {
  return clockOf(t, (real) => {
    const now = real()
    return () => now
  })
}

function clockOf(t: TestContext, timeOf: (real: () => number) => () => number): (ms: number) => void {
  let moved = 0
  for (const clock of [Date, performance]) {
    const time = timeOf(clock.now.bind(clock))
    t.mock.method(clock as { now: () => number }, 'now', () => time() + moved)
  }
  return (ms) => (moved += ms)
}
