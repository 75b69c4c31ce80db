import { NO_RETRIES, type RetryPolicy, type TimeoutRule } from '../../task/failure-policy.ts'
import type { TaskRules } from '../../task/task.ts'

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
