import { accessOf, type CacheAccess } from '../cache/cache-access.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { TaskError } from '../errors/task-errors.ts'
import { Journal } from '../journal/journal.ts'
import type { LogsOption, TakeLog } from '../logs/log-record.ts'
import {
  abortSignal,
  byteSize,
  callback,
  type Check,
  either,
  flag,
  milliseconds,
  oneOf,
  positiveNumber,
  text,
  wholeNumber,
} from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { haltRule, type HaltRule } from '../options/halt-rule.ts'
import { type ChecksOf, readOptions, type SettingsOf } from '../options/read-options.ts'
import { workers } from '../options/workers.ts'
import type { Backend } from '../pool/backend/backend.ts'
import { BACKENDS } from '../pool/backend/registry.ts'
import type { RunEvent } from '../pool/observer.ts'
import { MAX_CONCURRENCY } from '../pool/workers/worker-set.ts'
import type { ProgressBarOptions, ProgressOption } from '../progress/progress-option.ts'
import { POLICY_CHECKS, type RetryPolicy, type TimeoutRule } from '../task/failure-policy.ts'
import type { BackendOption, MapOptions, OnError, OnErrorWord, RunOptions } from './run-options.ts'

export const backendChoice: Check<BackendOption> = either<BackendOption>(
  `${BACKENDS.map((name) => `'${name}'`).join(', ')}, or a backend object`,
  oneOf(...BACKENDS),
  (value, option) => {
    if (typeof (value as Backend | null)?.start === 'function') return value as Backend
    throw new InvalidArgumentError(option, 'a backend', describeValue(value))
  },
)

const onError: Check<OnError> = either<OnError>(
  "'throw', 'collect', 'return', or a function (error) => value",
  oneOf('throw', 'collect', 'return'),
  callback<(error: TaskError) => unknown>('a function'),
)

const LOGS_TABLE = { ordered: callback<TakeLog>('a function (record) => void') }

const orderedLogs: Check<LogsOption> = (value, option) => {
  const { ordered } = readOptions(value, LOGS_TABLE, option)
  if (ordered === undefined) throw new InvalidArgumentError(option, '{ ordered }', describeValue(value))
  return { ordered }
}

export const logs: Check<LogsOption> = either<LogsOption>(
  "'inherit', 'ordered', 'off', a function (record) => void, or { ordered: (record) => void }",
  oneOf('inherit', 'ordered', 'off'),
  callback<LogsOption>('a function'),
  orderedLogs,
)

const PROGRESS_TABLE = { label: text, unit: text, stream, delay: milliseconds(), interval: milliseconds(0) }

const progress: Check<ProgressOption> = (value, option) => {
  if (typeof value === 'object' && value !== null)
    return readOptions(value, PROGRESS_TABLE, option) as ProgressBarOptions
  return either<ProgressOption>(
    'true, false, { label, unit, stream, delay, interval }, or a function (state) => void',
    flag,
    callback<ProgressOption>('a function'),
  )(value, option)
}

function stream(value: unknown, option: string): NodeJS.WritableStream {
  if (typeof (value as NodeJS.WritableStream | null)?.write === 'function') return value as NodeJS.WritableStream
  throw new InvalidArgumentError(option, 'a writable stream', describeValue(value))
}

function cache(value: unknown, option: string): CacheAccess {
  const access = accessOf(value)
  if (access !== undefined) return access
  throw new InvalidArgumentError(option, "a Cache, such as new Cache('.cache')", describeValue(value))
}

/** The path of a journal; or one that is open, as the command's is. */
function journal(value: unknown, option: string): string | Journal {
  if (value instanceof Journal || (typeof value === 'string' && value !== '')) return value
  throw new InvalidArgumentError(option, 'the path of a file', describeValue(value))
}

function oneOfFalse(value: unknown, option: string): false {
  if (value === false) return false
  throw new InvalidArgumentError(option, 'false', describeValue(value))
}

function argumentList(value: unknown, option: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  throw new InvalidArgumentError(option, 'an array of arguments', describeValue(value))
}

/** The types of the options that the checks convert. */
interface Forms {
  readonly timeout: TimeoutRule
  readonly retries: RetryPolicy
  readonly halt: HaltRule
  readonly cache: CacheAccess
  readonly journal: string | Journal
  readonly memfree: number
  readonly share: number | false
}

/** The options of `execute` after their checks. Options that were left out are absent. */
export type RunSettings = SettingsOf<RunOptions, Forms>

/** The options of `map` after their checks. */
export type MapSettings = SettingsOf<MapOptions<unknown, OnErrorWord, unknown, readonly unknown[], boolean>, Forms>

/** The check of each option of `execute`. */
export const RUN_CHECKS: ChecksOf<RunSettings> = {
  backend: backendChoice,
  copy: flag,
  workers,
  concurrency: wholeNumber(1, MAX_CONCURRENCY),
  ordered: flag,
  batch: either<number | 'auto'>("'auto', or a whole number from 1 on", oneOf('auto'), wholeNumber(1)),
  window: wholeNumber(1, Infinity),
  ...POLICY_CHECKS,
  stallTimeout: milliseconds(0),
  deadline: milliseconds(0),
  halt: haltRule,
  cache,
  journal,
  rate: positiveNumber,
  memfree: byteSize,
  onError,
  share: either<number | false>("false, bytes, or a size such as '1M'", byteSize, oneOfFalse),
  signal: abortSignal,
  progress,
  total: wholeNumber(0, Infinity),
  onEvent: callback<(event: RunEvent) => void>('a function (event) => void'),
  logs,
  fallback: oneOf('serial'),
  debug: flag,
  inspect: flag,
  name: text,
}

/** The check of each option of `map`. */
export const MAP_CHECKS: ChecksOf<MapSettings> = {
  ...RUN_CHECKS,
  args: argumentList,
  spread: flag,
  skip: callback<(input: unknown, index: number) => boolean>('a function (input, index) => boolean'),
}

/** The values of options that are not set. Options without a value here depend on the run or the backend, or have none. */
export const RUN_DEFAULTS = {
  backend: 'threads',
  copy: true,
  concurrency: 1,
  ordered: true,
  batch: 'auto',
  onError: 'throw',
  priority: 0,
  share: false,
  progress: false,
  debug: false,
  inspect: false,
} as const

/** Settings in which the options of {@link RUN_DEFAULTS} are set. */
export type CompleteSettings<T extends RunSettings = RunSettings> = T &
  Required<Pick<RunSettings, keyof typeof RUN_DEFAULTS>>

/** The options that belong to one run, and so cannot be set by `setDefaults` and `withDefaults`. */
export const OF_ONE_RUN = ['signal', 'total', 'name'] as const

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readRunOptions(options: unknown): RunSettings {
  return readOptions(options, RUN_CHECKS)
}

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readMapOptions(options: unknown): MapSettings {
  return readOptions(options, MAP_CHECKS)
}

/** True if a run's tasks are called under the debugger. */
export function isDebugged({ debug, inspect }: RunSettings): boolean {
  return debug === true || inspect === true
}

/**
 * Adapts the settings of a run that goes under the debugger: one task after the other in this thread, without time limits,
 * and without a progress bar that would draw over what the user types. Returns others as they are.
 */
export function debugSettings<T extends RunSettings>(settings: T): T {
  if (!isDebugged(settings)) return settings
  const unwanted = { timeout: undefined, stallTimeout: undefined, deadline: undefined }
  const told = typeof settings.progress === 'function' ? settings.progress : false
  return { ...settings, ...unwanted, progress: told, backend: 'serial', concurrency: 1, workers: 1 }
}
