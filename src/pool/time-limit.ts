import { durationsOf } from './durations-of.ts'
import type { Entry } from './entry.ts'
import type { Job } from './job.ts'

/** Successful tasks before their median says anything. */
const MIN_SAMPLES = 3

/** How long an entry may run now, in milliseconds; undefined where there is no limit, or none yet. */
export function timeLimit(entry: Entry, job: Job): number | undefined {
  const { timeout } = entry.policy
  if (timeout === undefined) return undefined
  if ('ms' in timeout) return timeout.ms
  const durations = durationsOf(job, entry.fn)
  if (durations.count < MIN_SAMPLES) return undefined
  return durations.quantile() * timeout.ofMedian
}
