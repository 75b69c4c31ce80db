import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'

/** Successful tasks before their median says anything. */
const MIN_SAMPLES = 3

/** A worker notices by itself that a step waits too long; one that has not so long after, in milliseconds, is blocked. */
const STEP_GRACE_MS = 50

/** A limit that was passed, in milliseconds, and how often the step that passed it may run again. */
export interface OverTime {
  readonly limit: number
  readonly retries: number
}

/** The limit that a running running has passed, its own or its step's. */
export function overTime(running: RunningItem, item: Item, job: Job, now: number): OverTime | undefined {
  const limit = timeLimit(item, job)
  if (limit !== undefined && now - running.startedAt >= limit) return { limit, retries: 0 }
  const { step, until } = running
  if (step === undefined || until === undefined || now < until + STEP_GRACE_MS) return undefined
  const steps = item.fn.steps
  return { limit: steps?.limits[step] ?? now - running.startedAt, retries: steps?.retries[step] ?? 0 }
}

/** How long an item may run now, in milliseconds; undefined where there is no limit, or none yet. */
function timeLimit(item: Item, job: Job): number | undefined {
  const { timeout } = item.policy
  if (timeout === undefined) return undefined
  if ('ms' in timeout) return timeout.ms
  const durations = job.durationsOf(item.fn)
  if (durations.count < MIN_SAMPLES) return undefined
  return durations.quantile() * timeout.ofMedian
}
