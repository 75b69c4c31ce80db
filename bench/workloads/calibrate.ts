import { spin } from '../tasks.ts'

/** Rounds of `spin` that take a microsecond on this machine, now. */
export function roundsPerMicrosecond(): number {
  spin(1e7)
  let best = Infinity
  for (let i = 0; i < 5; i++) {
    const startedAt = performance.now()
    spin(1e7)
    best = Math.min(best, performance.now() - startedAt)
  }
  return 1e7 / (best * 1_000)
}
