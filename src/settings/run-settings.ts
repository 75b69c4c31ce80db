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
  finiteNumber,
  flag,
  milliseconds,
  oneOf,
  positiveNumber,
  text,
  wholeNumber,
} from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { haltRule, type HaltRule } from '../options/halt-rule.ts'
import { readOptions } from '../options/read-options.ts'
import { workers } from '../options/workers.ts'
import type { Backend } from '../pool/backend/backend.ts'
import type { RunEvent } from '../pool/observer.ts'
import { MAX_CONCURRENCY } from '../pool/workers/worker-set.ts'
import type { ProgressBarOptions, ProgressOption } from '../progress/progress-option.ts'
import { retries, type RetryPolicy, timeout, type TimeoutRule } from '../task/failure-policy.ts'
import type { BackendOption, OnError } from './run-options.ts'

export const backendChoice: Check<BackendOption> = either<BackendOption>(
  "'threads', 'processes', 'serial', or a backend object",
  oneOf('threads', 'processes', 'serial'),
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

/** The options of `execute`, checked and in their final form. Those that were left out are absent. */
export interface RunSettings {
  readonly backend?: BackendOption
  readonly copy?: boolean
  readonly workers?: number
  readonly concurrency?: number
  readonly ordered?: boolean
  readonly batch?: number | 'auto'
  readonly window?: number
  readonly timeout?: TimeoutRule
  readonly stallTimeout?: number
  readonly deadline?: number
  readonly halt?: HaltRule
  readonly cache?: CacheAccess
  readonly journal?: string | Journal
  readonly rate?: number
  readonly memfree?: number
  readonly retries?: RetryPolicy
  readonly workerDeaths?: number
  readonly onError?: OnError
  readonly priority?: number
  readonly share?: number | false
  readonly signal?: AbortSignal
  readonly progress?: ProgressOption
  readonly total?: number
  readonly onEvent?: (event: RunEvent) => void
  readonly logs?: LogsOption
  readonly fallback?: 'serial'
  readonly debug?: boolean
  readonly inspect?: boolean
  readonly name?: string
}

/** The options of `map`, likewise. */
export interface MapSettings extends RunSettings {
  readonly skip?: (input: unknown, index: number) => boolean
  readonly spread?: boolean
  readonly args?: readonly unknown[]
}

const RUN_TABLE = {
  backend: backendChoice,
  copy: flag,
  workers,
  concurrency: wholeNumber(1, MAX_CONCURRENCY),
  ordered: flag,
  batch: either<number | 'auto'>("'auto', or a whole number from 1 on", oneOf('auto'), wholeNumber(1)),
  window: wholeNumber(1, Infinity),
  timeout,
  stallTimeout: milliseconds(0),
  deadline: milliseconds(0),
  halt: haltRule,
  cache,
  journal,
  rate: positiveNumber,
  memfree: byteSize,
  retries,
  workerDeaths: wholeNumber(0, Infinity),
  onError,
  priority: finiteNumber,
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

function cache(value: unknown, option: string): CacheAccess {
  const access = accessOf(value)
  if (access !== undefined) return access
  throw new InvalidArgumentError(option, "a Cache, such as new Cache('.cache')", describeValue(value))
}

/** The command opens its own. */
function journal(value: unknown, option: string): string | Journal {
  if (value instanceof Journal || (typeof value === 'string' && value !== '')) return value
  throw new InvalidArgumentError(option, 'the path of a file', describeValue(value))
}

function oneOfFalse(value: unknown, option: string): false {
  if (value === false) return false
  throw new InvalidArgumentError(option, 'false', describeValue(value))
}

const MAP_TABLE = {
  ...RUN_TABLE,
  skip: callback<(input: unknown, index: number) => boolean>('a function (input, index) => boolean'),
  spread: flag,
  args: argumentList,
}

function argumentList(value: unknown, option: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  throw new InvalidArgumentError(option, 'an array of arguments', describeValue(value))
}

export function readRunOptions(options: unknown): RunSettings {
  return readOptions(options, RUN_TABLE)
}

export function readMapOptions(options: unknown): MapSettings {
  return readOptions(options, MAP_TABLE)
}
