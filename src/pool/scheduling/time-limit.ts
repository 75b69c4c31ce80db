import type { TimeoutRule } from '../../task/failure-policy.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'

/** Successful tasks before their median says anything. */
const MIN_SAMPLES = 3

/**
 * A limit that depends on a median is at least this many milliseconds: a short task can take as long because of a garbage
 * collection, or of other programs.
 */
const MIN_LIMIT_MS = 50

/** A worker notices itself when a step passes its limit. If it has not after this many milliseconds, it is blocked. */
export const STEP_GRACE_MS = 200

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
function timeLimit({ policy, fn }: Item, job: Job): number | undefined {
  return policy.timeout === undefined ? undefined : limitOf(policy.timeout, job, fn)
}

/** Returns the limit of a function's tasks by a rule, in milliseconds; undefined if there is none yet. */
export function limitOf(rule: TimeoutRule, job: Job, fn: PreparedFunction): number | undefined {
  if ('ms' in rule) return rule.ms
  const durations = job.durationsOf(fn)
  if (durations.count < MIN_SAMPLES) return undefined
  return Math.max(MIN_LIMIT_MS, durations.quantile() * rule.ofMedian)
}
