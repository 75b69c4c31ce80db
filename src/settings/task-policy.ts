import { DEFAULT_POLICY, type TaskPolicy } from '../pool/jobs/policy.ts'
import type { RunSettings } from './run-settings.ts'

/** The rules for a run's tasks. */
export function policyOf(settings: RunSettings): TaskPolicy {
  return {
    timeout: settings.timeout,
    retries: settings.retries ?? DEFAULT_POLICY.retries,
    workerDeaths: settings.workerDeaths,
    priority: settings.priority ?? DEFAULT_POLICY.priority,
  }
}
