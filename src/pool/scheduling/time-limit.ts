import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'

/** Successful tasks before their median says anything. */
const MIN_SAMPLES = 3

/** A worker notices itself when a step passes its limit. If it has not after this many milliseconds, it is blocked. */
const STEP_GRACE_MS = 50

/** A limit that was passed, in milliseconds, and the retries of the step that passed it. */
export interface OverTime {
  readonly limit: number
  readonly retries: number
}

/** Returns the limit that a running item has passed, its own or that of its step; undefined if it has passed none. */
export function overTime(running: RunningItem, item: Item, job: Job, now: number): OverTime | undefined {
  const limit = timeLimit(item, job)
  if (limit !== undefined && now - running.startedAt >= limit) return { limit, retries: 0 }
  const { step, until } = running
  if (step === undefined || until === undefined || now < until + STEP_GRACE_MS) return undefined
  const steps = item.fn.steps
  return { limit: steps?.limits[step] ?? now - running.startedAt, retries: steps?.retries[step] ?? 0 }
}

/** Returns the time that an item may run, in milliseconds; undefined if there is no limit, or none yet. */
function timeLimit(item: Item, job: Job): number | undefined {
  const { timeout } = item.policy
  if (timeout === undefined) return undefined
  if ('ms' in timeout) return timeout.ms
  const durations = job.durationsOf(item.fn)
  if (durations.count < MIN_SAMPLES) return undefined
  return durations.quantile() * timeout.ofMedian
}
