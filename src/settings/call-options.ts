import { abortSignal, finiteNumber, wholeNumber } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { DEFAULT_POLICY, type TaskPolicy } from '../pool/jobs/policy.ts'
import { type RetryOptions, retries, type TimeoutOption, timeout } from '../task/failure-policy.ts'

/** Rules for one call; a task's own come first. */
export interface CallOptions {
  /** Milliseconds from the task's start, or a share of the median such as `'300%'`. No limit by default. */
  readonly timeout?: TimeoutOption | undefined
  /** How often it runs again when it throws or times out. @defaultValue 0 */
  readonly retries?: number | RetryOptions | undefined
  /** How often it runs again because its worker died under it. @defaultValue 1 */
  readonly workerDeaths?: number | undefined
  /** Higher starts first. @defaultValue 0 */
  readonly priority?: number | undefined
  /** Stops the task, or never starts it; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

const TABLE = { timeout, retries, workerDeaths: wholeNumber(0, Infinity), priority: finiteNumber, signal: abortSignal }

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readCallOptions(options: unknown): { policy: TaskPolicy; signal: AbortSignal | undefined } {
  const { signal, ...rules } = readOptions(options, TABLE)
  return { policy: { ...DEFAULT_POLICY, ...rules }, signal }
}
