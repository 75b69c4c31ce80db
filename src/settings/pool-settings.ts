import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { LogsOption } from '../logs/log-record.ts'
import type { RunObserver } from '../observe/observer.ts'
import { byteSize, callback, type Check, milliseconds, wholeNumber, wholeNumberUpTo } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { type ChecksOf, readOptions, type SettingsOf } from '../options/read-options.ts'
import { workers, type WorkersOption } from '../options/workers.ts'
import type { ResourceLimits } from '../pool/backend/backend.ts'
import { MAX_CONCURRENCY } from '../pool/workers/worker-set.ts'
import { backendChoice, logs, observerList } from './option-checks.ts'
import type { BackendOption } from './run-options.ts'

/** The options of a pool. */
export interface PoolOptions {
  /** The kind of workers: `'threads'`, `'processes'`, `'serial'`, or a backend object. @defaultValue 'threads' */
  readonly backend?: BackendOption | undefined
  /**
   * `n`; negative: cores + 1 + n; between 0 and 1, or `'50%'`: a share of the cores; `'all'`: all cores.
   * @defaultValue the cores that this process may use
   */
  readonly workers?: WorkersOption | undefined
  /** Async tasks in flight per worker. @defaultValue 1 */
  readonly concurrency?: number | undefined
  /** Most tasks of `run` and of queues that no worker has yet: more of them wait to be taken. @defaultValue Infinity */
  readonly maxQueue?: number | undefined
  /** Runs once in each worker, before its first task, and is awaited. If it throws, runs fail with one `WorkerInitError`. */
  readonly init?: (() => unknown) | undefined
  /** Most milliseconds that `init`, a stateful worker's `init()`, or loading a module takes. @defaultValue 60_000 */
  readonly initTimeout?: number | undefined
  /** Environment variables of the workers, added to the caller's. No effect on `serial`. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Node options of the workers. @defaultValue the caller's */
  readonly execArgv?: readonly string[] | undefined
  /** V8's limits for each worker, in MiB. No effect on `serial`. */
  readonly resourceLimits?: ResourceLimits | undefined
  /** Tasks after which a worker is replaced. @defaultValue Infinity */
  readonly maxTasks?: number | undefined
  /**
   * Memory, in bytes or as `'512M'`, above which a worker is replaced after the task that took it there: on processes all of
   * it, on threads heap and buffers. On processes a task that takes it to twice that is stopped, with a `ResourceLimitError`.
   */
  readonly maxMemory?: number | string | undefined
  /** Milliseconds without work after which a worker is stopped. @defaultValue Infinity */
  readonly idleTimeout?: number | undefined
  /** The handling of the tasks' console output: the forms are those of `map`'s `logs`. @defaultValue 'inherit' */
  readonly logs?: LogsOption | undefined
  /** Follows all that the pool runs, calls and queues included: one observer, or several. */
  readonly observe?: RunObserver | readonly RunObserver[] | undefined
}

/** The options of a pool after their checks. Options that were left out are absent. */
export type PoolSettings = SettingsOf<
  PoolOptions,
  { readonly workers: number; readonly maxMemory: number; readonly observe: readonly RunObserver[] }
>

/** The options that a pool sets for all its runs. */
export type HostSettings = Pick<PoolSettings, 'workers' | 'concurrency' | 'logs' | 'observe'>

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

const LIMIT_CHECKS: ChecksOf<ResourceLimits> = {
  maxOldGenerationSizeMb: wholeNumber(1),
  maxYoungGenerationSizeMb: wholeNumber(1),
  codeRangeSizeMb: wholeNumber(1),
  stackSizeMb: wholeNumber(1),
}

/** The check of each option of a pool. */
export const POOL_CHECKS: ChecksOf<PoolSettings> = {
  backend: backendChoice,
  workers,
  concurrency: wholeNumberUpTo(MAX_CONCURRENCY),
  maxQueue: wholeNumber(1, Infinity),
  init: callback<() => unknown>('a function'),
  initTimeout: milliseconds(0),
  env: environment,
  execArgv: texts,
  resourceLimits: (value: unknown, option: string): ResourceLimits => readOptions(value, LIMIT_CHECKS, option),
  maxTasks: wholeNumber(1, Infinity),
  maxMemory: byteSize,
  idleTimeout: milliseconds(),
  logs,
  observe: observerList,
}

/** The values of options that are not set. */
export const POOL_DEFAULTS: Required<Pick<PoolSettings, 'maxQueue' | 'initTimeout' | 'maxTasks' | 'idleTimeout'>> = {
  maxQueue: Infinity,
  initTimeout: 60_000,
  maxTasks: Infinity,
  idleTimeout: Infinity,
}

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readPoolOptions(options: unknown): PoolSettings {
  return readOptions(options, POOL_CHECKS)
}
