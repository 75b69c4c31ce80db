import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { flag, milliseconds, nameList, oneOf, text } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { NO_RETRIES, retries, type RetryOptions, type RetryPolicy } from '../task/failure-policy.ts'

/** The options of a step. */
export interface StepOptions<Field extends PropertyKey = PropertyKey> {
  /**
   * Milliseconds for each try of the step. Its signal fires, and the step fails with a `TaskTimeoutError`; if it still
   * blocks its worker 50 ms later, the worker is ended, and the rest of the clip is lost with it.
   */
  readonly timeout?: number | undefined
  /** Number of times that the step alone runs again after it threw or timed out. @defaultValue 0 */
  readonly retries?: number | RetryOptions | undefined
  /** Milliseconds before the step runs again, if `retries` is a number. @defaultValue 0 */
  readonly retryDelay?: number | undefined
  /** Look its result up in the run's `cache`, and store it there. @defaultValue false */
  readonly cache?: boolean | undefined
  /** Replaces the step's code, and the values that it captured, in the cache key. */
  readonly version?: string | undefined
  /** Fields that are left out of the cache key. */
  readonly ignore?: readonly Field[] | undefined
}

/** The options of a step, checked. */
export interface StepRules {
  readonly timeout: number | undefined
  readonly retries: RetryPolicy
  readonly cache: boolean
  readonly version: string | undefined
  readonly ignore: readonly string[]
  readonly returnsNothing: boolean
}

const STEP_TABLE = {
  timeout: milliseconds(0),
  retries,
  retryDelay: milliseconds(),
  cache: flag,
  version: text,
  ignore: nameList,
  returns: oneOf('nothing'),
}

export function readStepOptions(options: unknown, step: string): StepRules {
  const given = readOptions(options, STEP_TABLE, `step "${step}"`)
  if (given.cache === true && given.returns !== undefined)
    throw new InvalidArgumentError(`step "${step}".cache`, 'a step with a result', "one with returns: 'nothing'")
  const policy = given.retries ?? NO_RETRIES
  return {
    timeout: given.timeout,
    retries: given.retryDelay === undefined ? policy : { ...policy, delay: given.retryDelay },
    cache: given.cache ?? false,
    version: given.version,
    ignore: given.ignore ?? [],
    returnsNothing: given.returns === 'nothing',
  }
}
