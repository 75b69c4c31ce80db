import type { TaskError } from '../errors/task-error.ts'
import type { TaskOptions } from '../task/task.ts'

/** When and how often a task that threw or timed out runs again. */
export interface RetryPolicy {
  readonly times: number
  /** Milliseconds before the second attempt. */
  readonly delay: number
  readonly maxDelay: number
  /** What each further delay is multiplied by. */
  readonly factor: number
  /** Delays are drawn at random from half to all of their length, so that tasks do not come back at once. */
  readonly jitter: boolean
  readonly when: ((error: TaskError) => boolean) | undefined
}

export const NO_RETRIES: RetryPolicy = {
  times: 0,
  delay: 0,
  maxDelay: 60_000,
  factor: 2,
  jitter: true,
  when: undefined,
}

/** A task's limit: milliseconds, or a share of the median of those that succeeded. */
export type TimeoutRule = { readonly ms: number } | { readonly ofMedian: number }

/** What is done about a task that fails, hangs, or loses its worker. */
export interface TaskPolicy {
  readonly timeout: TimeoutRule | undefined
  readonly retries: RetryPolicy
  /** How often a task runs again because its worker died under it. */
  readonly workerDeaths: number
  /** Higher starts first. */
  readonly priority: number
}

export const DEFAULT_POLICY: TaskPolicy = { timeout: undefined, retries: NO_RETRIES, workerDeaths: 1, priority: 0 }

/** The rules for a task of a type that has its own: they come first. */
export function policyFor(type: TaskOptions, run: TaskPolicy): TaskPolicy {
  return {
    timeout: type.timeout === undefined ? run.timeout : { ms: type.timeout },
    retries: type.retries === undefined ? run.retries : { ...NO_RETRIES, times: type.retries },
    workerDeaths: run.workerDeaths,
    priority: type.priority ?? run.priority,
  }
}

/** Milliseconds to wait before an attempt (2 is the first that waits). */
export function retryDelay(policy: RetryPolicy, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(policy.maxDelay, policy.delay * policy.factor ** (attempt - 2))
  return policy.jitter ? full * (0.5 + random() / 2) : full
}
