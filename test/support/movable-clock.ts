import type { TestContext } from 'node:test'

/** Returns a function that moves the clocks of this process forward, by so many milliseconds, until the test ends. */
export function movableClock(t: TestContext): (ms: number) => void {
  let moved = 0
  for (const clock of [Date, performance]) {
    const real = clock.now.bind(clock)
    t.mock.method(clock as { now: () => number }, 'now', () => real() + moved)
  }
  return (ms) => (moved += ms)
}
