import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { TaskError } from '../errors/task-errors.ts'
import {
  answerOf,
  callback,
  type Check,
  either,
  finiteNumber,
  flag,
  milliseconds,
  positiveNumber,
  wholeNumber,
} from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'

/** Milliseconds from the task's start, or a share of the median of successful tasks: `'300%'`. */
export type TimeoutOption = number | `${number}%`

/** Retries of a task that threw or timed out. */
export interface RetryOptions {
  /** The number of retries: with 2, the task runs up to three times. */
  readonly times: number
  /** Milliseconds before the second attempt. @defaultValue 0 */
  readonly delay?: number
  /** The longest delay, in milliseconds. @defaultValue 60_000 */
  readonly maxDelay?: number
  /** The factor by which each further delay grows. @defaultValue 2 */
  readonly factor?: number
  /** Draw delays at random between half and all of their length. @defaultValue true */
  readonly jitter?: boolean
  /** Retry only if this returns true. */
  readonly when?: (error: TaskError) => boolean
}

/** Options of runs and calls for tasks that fail, hang, or lose their worker. */
export interface PolicyOptions {
  /**
   * Milliseconds per task, from its own start, or a share of the median of successful tasks, such as `'300%'` (no
   * limit until 3 did; at least 50 ms). Its `signal` fires; a worker that it still blocks 50 ms later is ended. Fails
   * with a `TaskTimeoutError`. No limit by default.
   */
  readonly timeout?: TimeoutOption | undefined
  /** Retries of a task that threw or timed out. The last error counts. @defaultValue 0 */
  readonly retries?: number | RetryOptions | undefined
  /**
   * Further attempts after the worker died while it ran the task, the last one with nothing else in the worker. Then the
   * task fails with a `WorkerCrashedError`.
   * @defaultValue 1
   */
  readonly workerDeaths?: number | undefined
  /** Tasks of higher priority start first, also among those of other runs on the same workers. @defaultValue 0 */
  readonly priority?: number | undefined
}

/** {@link RetryOptions}, checked and complete. */
export interface RetryPolicy {
  readonly times: number
  /** Milliseconds before the second attempt. */
  readonly delay: number
  readonly maxDelay: number
  /** The factor by which each further delay grows. */
  readonly factor: number
  /** Draw delays at random between half and all of their length, so that tasks do not come back at once. */
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

/** The time limit of a task: milliseconds, or a share of the median of successful tasks. */
export type TimeoutRule = { readonly ms: number } | { readonly ofMedian: number }

/** Returns true if a limit depends on the time that other tasks took. */
export function isOfMedian(rule: TimeoutRule | undefined): boolean {
  return rule !== undefined && 'ofMedian' in rule
}

export const timeout: Check<TimeoutRule> = either<TimeoutRule>(
  "milliseconds, more than 0, or a share of the median such as '300%'",
  (value, option) => ({ ms: milliseconds(0)(value, option) }),
  (value, option) => {
    const percent = typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value) ? Number(value.slice(0, -1)) : 0
    if (percent > 0) return { ofMedian: percent / 100 }
    throw new InvalidArgumentError(option, 'a share', describeValue(value))
  },
)

const RETRY_TABLE = {
  times: wholeNumber(0, Infinity),
  delay: milliseconds(),
  maxDelay: milliseconds(),
  factor: positiveNumber,
  jitter: flag,
  when: callback<(error: TaskError) => boolean>('a function (error) => boolean'),
}

export const retries: Check<RetryPolicy> = (value, option) => {
  if (typeof value === 'object' && value !== null) {
    const given = readOptions(value, RETRY_TABLE, option)
    if (given.times === undefined)
      throw new InvalidArgumentError(`${option}.times`, 'a whole number from 0 on', 'undefined')
    return { ...NO_RETRIES, ...given }
  }
  return {
    ...NO_RETRIES,
    times: either('a whole number from 0 on, or { times, delay, … }', wholeNumber(0, Infinity))(value, option),
  }
}

/**
 * Returns true if an error lets its task run again.
 *
 * @throws what `when` throws.
 */
export function allowsRetry({ when }: RetryPolicy, error: TaskError): boolean {
  return when === undefined || answerOf(when(error), 'retries.when')
}

/** Returns the milliseconds to wait before an attempt (2 is the first that waits). */
export function retryDelay(policy: RetryPolicy, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(policy.maxDelay, policy.delay * policy.factor ** (attempt - 2))
  return policy.jitter ? full * (0.5 + random() / 2) : full
}

/** The handling of a task that fails, hangs, or loses its worker. */
export interface TaskPolicy {
  readonly timeout: TimeoutRule | undefined
  readonly retries: RetryPolicy
  /** Further attempts after the worker died while it ran the task; undefined for the default of its backend. */
  readonly workerDeaths: number | undefined
  /** Tasks with a higher priority start first. */
  readonly priority: number
}

/** The parts of a policy that a task type, a call or a run sets. */
export type PolicyRules = { readonly [K in keyof TaskPolicy]?: TaskPolicy[K] | undefined }

/** The checks of the options that set a policy. */
export const POLICY_CHECKS: { readonly [K in keyof TaskPolicy]: Check<NonNullable<TaskPolicy[K]>> } = {
  timeout,
  retries,
  workerDeaths: wholeNumber(0, Infinity),
  priority: finiteNumber,
}

export const DEFAULT_POLICY: TaskPolicy = {
  timeout: undefined,
  retries: NO_RETRIES,
  workerDeaths: undefined,
  priority: 0,
}

/** The policy of `rules`; the parts that these leave open are those of `others`. */
export function policyOf(rules: PolicyRules, others: PolicyRules = DEFAULT_POLICY): TaskPolicy {
  return {
    timeout: rules.timeout ?? others.timeout,
    retries: rules.retries ?? others.retries ?? NO_RETRIES,
    workerDeaths: rules.workerDeaths ?? others.workerDeaths,
    priority: rules.priority ?? others.priority ?? DEFAULT_POLICY.priority,
  }
}
