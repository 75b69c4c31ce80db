import { abortSignal } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { POLICY_CHECKS, type PolicyOptions, type TaskPolicy, policyOf } from '../task/failure-policy.ts'

/** The options of one call; those of its task's type come first. */
export interface CallOptions extends PolicyOptions {
  /** Stops the task, or never starts it; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

const CHECKS = { ...POLICY_CHECKS, signal: abortSignal }

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readCallOptions(options: unknown): { policy: TaskPolicy; signal: AbortSignal | undefined } {
  const { signal, ...rules } = readOptions(options, CHECKS)
  return { policy: policyOf(rules), signal }
}
