import { abortSignal } from '../options/checks.ts'
import { type ChecksOf, readOptions, type SettingsOf } from '../options/read-options.ts'
import { POLICY_CHECKS, type PolicyOptions, type TaskPolicy, policyOf } from '../task/failure-policy.ts'

/** The options of one call; those of its task's type come first. */
export interface CallOptions extends PolicyOptions {
  /** Stops the task, or never starts it; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** The check of each option of a call. */
export const CALL_CHECKS: ChecksOf<SettingsOf<CallOptions, TaskPolicy>> = { ...POLICY_CHECKS, signal: abortSignal }

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readCallOptions(options: unknown): { policy: TaskPolicy; signal: AbortSignal | undefined } {
  const { signal, ...rules } = readOptions(options, CALL_CHECKS)
  return { policy: policyOf(rules), signal }
}
