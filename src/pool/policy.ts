import { NO_RETRIES, type RetryPolicy, type TimeoutRule } from '../task/rules.ts'
import type { TaskRules } from '../task/task.ts'

/** What is done about a task that fails, hangs, or loses its worker. */
export interface TaskPolicy {
  readonly timeout: TimeoutRule | undefined
  readonly retries: RetryPolicy
  /** How often a task runs again because its worker died under it; undefined: as its backend says. */
  readonly workerDeaths: number | undefined
  /** Higher starts first. */
  readonly priority: number
}

export const DEFAULT_POLICY: TaskPolicy = {
  timeout: undefined,
  retries: NO_RETRIES,
  workerDeaths: undefined,
  priority: 0,
}

/** The rules for a task of a type that has its own: they come first. */
export function policyFor(type: TaskRules, run: TaskPolicy): TaskPolicy {
  return {
    timeout: type.timeout ?? run.timeout,
    retries: type.retries ?? run.retries,
    workerDeaths: run.workerDeaths,
    priority: type.priority ?? run.priority,
  }
}

/** Milliseconds to wait before an attempt (2 is the first that waits). */
export function retryDelay(policy: RetryPolicy, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(policy.maxDelay, policy.delay * policy.factor ** (attempt - 2))
  return policy.jitter ? full * (0.5 + random() / 2) : full
}
