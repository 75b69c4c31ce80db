import type { Job } from './job.ts'

/** Orders jobs for their next turn: higher priority first, then who had the least worker time. */
export function byTurn(a: Job, b: Job): number {
  return b.priority - a.priority || a.workTime - b.workTime
}

/** A job that joins others starts even with them: it neither waits nor catches up on what it never had. */
export function startingWorkTime(others: readonly Job[]): number {
  return others.length === 0 ? 0 : Math.min(...others.map((job) => job.workTime))
}
