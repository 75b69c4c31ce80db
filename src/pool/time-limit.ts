import type { RunningItem } from '../wire/beacon.ts'
import { durationsOf } from './durations-of.ts'
import type { Entry } from './entry.ts'
import type { Job } from './job.ts'

/** Successful tasks before their median says anything. */
const MIN_SAMPLES = 3

/** A worker notices by itself that a step waits too long; one that has not so long after, in milliseconds, is blocked. */
const STEP_GRACE_MS = 50

/** A limit that was passed, in milliseconds, and how often the step that passed it may run again. */
export interface OverTime {
  readonly limit: number
  readonly retries: number
}

/** The limit that a running item has passed, its own or its step's. */
export function overTime(item: RunningItem, entry: Entry, job: Job, now: number): OverTime | undefined {
  const limit = timeLimit(entry, job)
  if (limit !== undefined && now - item.startedAt >= limit) return { limit, retries: 0 }
  const { step, until } = item
  if (step === undefined || until === undefined || now < until + STEP_GRACE_MS) return undefined
  const steps = entry.fn.steps
  return { limit: steps?.limits[step] ?? now - item.startedAt, retries: steps?.retries[step] ?? 0 }
}

/** How long an entry may run now, in milliseconds; undefined where there is no limit, or none yet. */
function timeLimit(entry: Entry, job: Job): number | undefined {
  const { timeout } = entry.policy
  if (timeout === undefined) return undefined
  if ('ms' in timeout) return timeout.ms
  const durations = durationsOf(job, entry.fn)
  if (durations.count < MIN_SAMPLES) return undefined
  return durations.quantile() * timeout.ofMedian
}
