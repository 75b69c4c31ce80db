import { NO_RETRIES, type TaskPolicy } from '../pool/policy.ts'
import type { TaskOptions } from '../task/task.ts'
import type { RunSettings } from './run-settings.ts'

/** The rules for a run's tasks. */
export function policyOf(settings: RunSettings): TaskPolicy {
  return {
    timeout: settings.timeout,
    retries: settings.retries ?? NO_RETRIES,
    workerDeaths: settings.workerDeaths ?? 1,
    priority: settings.priority ?? 0,
  }
}

/** The same for a task type that has rules of its own: they come first. */
export function policyFor(type: TaskOptions, run: TaskPolicy): TaskPolicy {
  return {
    timeout: type.timeout === undefined ? run.timeout : { ms: type.timeout },
    retries: type.retries === undefined ? run.retries : { ...NO_RETRIES, times: type.retries },
    workerDeaths: run.workerDeaths,
    priority: type.priority ?? run.priority,
  }
}
