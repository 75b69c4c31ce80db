import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { LogsOption } from '../logs/log-record.ts'
import { byteSize, callback, type Check, milliseconds, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { workers } from '../options/workers.ts'
import type { ResourceLimits } from '../pool/backend/backend.ts'
import { MAX_CONCURRENCY } from '../pool/workers/worker-set.ts'
import type { BackendOption } from './run-options.ts'
import { backendChoice, logs } from './run-settings.ts'

/** The options of a pool. */
export interface PoolOptions {
  /** Where tasks run. @defaultValue 'threads' */
  readonly backend?: BackendOption | undefined
  /** `n`; negative: cores + 1 + n; between 0 and 1: a share of the cores. @defaultValue the cores that this process may use */
  readonly workers?: number | undefined
  /** Async tasks in flight per worker. @defaultValue 1 */
  readonly concurrency?: number | undefined
  /** Tasks of `run` and of queues not yet given to a worker, at most: more of them wait. @defaultValue Infinity */
  readonly maxQueue?: number | undefined
  /** Runs once in each worker, before its first task; awaited. If it throws, that is one `WorkerInitError`. */
  readonly init?: (() => unknown) | undefined
  /** Milliseconds that `init`, or loading a module, may take. @defaultValue 60_000 */
  readonly initTimeout?: number | undefined
  /** Environment variables of the workers, added to the caller's. No effect on `serial`. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Node options of the workers. @defaultValue the caller's */
  readonly execArgv?: readonly string[] | undefined
  /** V8's limits for each worker, in MiB. No effect on `serial`. */
  readonly resourceLimits?: ResourceLimits | undefined
  /** Replace a worker after so many tasks. @defaultValue Infinity */
  readonly maxTasks?: number | undefined
  /**
   * Replace a worker after a task that leaves it above so much memory, in bytes or as `'512M'`: on processes all of it, on
   * threads heap and buffers. On processes a task that takes it to twice that is stopped, with a `ResourceLimitError`.
   */
  readonly maxMemory?: number | string | undefined
  /** Stop a worker after so many milliseconds without work. @defaultValue Infinity */
  readonly idleTimeout?: number | undefined
  /** What becomes of the tasks' console output. @defaultValue 'inherit' */
  readonly logs?: LogsOption | undefined
}

/** The same, checked and in their final form. */
export interface PoolSettings {
  readonly backend?: BackendOption
  readonly workers?: number
  readonly concurrency?: number
  readonly maxQueue?: number
  readonly init?: () => unknown
  readonly initTimeout?: number
  readonly env?: Readonly<Record<string, string>>
  readonly execArgv?: readonly string[]
  readonly resourceLimits?: ResourceLimits
  readonly maxTasks?: number
  readonly maxMemory?: number
  readonly idleTimeout?: number
  readonly logs?: LogsOption
}

const environment: Check<Readonly<Record<string, string>>> = (value, option) => {
  if (typeof value !== 'object' || value === null)
    throw new InvalidArgumentError(option, 'an object of strings', describeValue(value))
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string')
  if (wrong !== undefined) throw new InvalidArgumentError(`${option}.${wrong[0]}`, 'a string', describeValue(wrong[1]))
  return { ...(value as Record<string, string>) }
}

const texts: Check<readonly string[]> = (value, option) => {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw new InvalidArgumentError(option, 'an array of strings', describeValue(value))
}

const LIMITS_TABLE = {
  maxOldGenerationSizeMb: wholeNumber(1),
  maxYoungGenerationSizeMb: wholeNumber(1),
  codeRangeSizeMb: wholeNumber(1),
  stackSizeMb: wholeNumber(1),
}

const TABLE = {
  backend: backendChoice,
  workers,
  concurrency: wholeNumber(1, MAX_CONCURRENCY),
  maxQueue: wholeNumber(1, Infinity),
  init: callback<() => unknown>('a function'),
  initTimeout: milliseconds(0),
  env: environment,
  execArgv: texts,
  resourceLimits: (value: unknown, option: string): ResourceLimits => readOptions(value, LIMITS_TABLE, option),
  maxTasks: wholeNumber(1, Infinity),
  maxMemory: byteSize,
  idleTimeout: milliseconds(),
  logs,
}

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readPoolOptions(options: unknown): PoolSettings {
  return readOptions(options, TABLE)
}
