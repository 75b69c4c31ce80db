import { accessOf, type CacheAccess } from '../cache/cache-access.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { TaskError } from '../errors/task-errors.ts'
import { Journal } from '../journal/journal.ts'
import type { LogsOption, TakeLog } from '../logs/log-record.ts'
import type { RunObserver } from '../observe/observer.ts'
import { byteSize, callback, type Check, either, flag, milliseconds, oneOf, text } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import type { Backend } from '../pool/backend/backend.ts'
import { BACKENDS } from '../pool/backend/registry.ts'
import type { ProgressBarOptions, ProgressOption, ProgressStream } from '../progress/progress-option.ts'
import type { BackendOption, OnError } from './run-options.ts'

/** A backend: its name, or the object. */
export const backendChoice: Check<BackendOption> = either<BackendOption>(
  `${BACKENDS.map((name) => `'${name}'`).join(', ')}, or a backend object`,
  oneOf(...BACKENDS),
  (value, option) => {
    if (typeof (value as Backend | null)?.start === 'function') return value as Backend
    throw new InvalidArgumentError(option, 'a backend', describeValue(value))
  },
)

export const onError: Check<OnError> = either<OnError>(
  "'throw', 'collect', 'return', or a function (error) => value",
  oneOf('throw', 'collect', 'return'),
  callback<(error: TaskError) => unknown>('a function'),
)

const ORDERED_CHECKS = { ordered: callback<TakeLog>('a function (record) => void') }

const orderedLogs: Check<LogsOption> = (value, option) => {
  const { ordered } = readOptions(value, ORDERED_CHECKS, option)
  if (ordered === undefined) throw new InvalidArgumentError(option, '{ ordered }', describeValue(value))
  return { ordered }
}

export const logs: Check<LogsOption> = either<LogsOption>(
  "'inherit', 'ordered', 'off', a function (record) => void, or { ordered: (record) => void }",
  oneOf('inherit', 'ordered', 'off'),
  callback<LogsOption>('a function'),
  orderedLogs,
)

const PROGRESS_CHECKS = { label: text, unit: text, stream, delay: milliseconds(), interval: milliseconds(0) }

export const progress: Check<ProgressOption> = (value, option) => {
  if (typeof value === 'object' && value !== null)
    return readOptions(value, PROGRESS_CHECKS, option) as ProgressBarOptions
  return either<ProgressOption>(
    'true, false, { label, unit, stream, delay, interval }, or a function (state) => void',
    flag,
    callback<ProgressOption>('a function'),
  )(value, option)
}

function stream(value: unknown, option: string): ProgressStream {
  if (typeof (value as ProgressStream | null)?.write === 'function') return value as ProgressStream
  throw new InvalidArgumentError(option, 'a writable stream', describeValue(value))
}

export function cache(value: unknown, option: string): CacheAccess {
  const access = accessOf(value)
  if (access !== undefined) return access
  throw new InvalidArgumentError(option, "a Cache, such as new Cache('.cache')", describeValue(value))
}

/** The path of a journal; or one that is open, as the command's is. */
export function journal(value: unknown, option: string): string | Journal {
  if (value instanceof Journal || (typeof value === 'string' && value !== '')) return value
  throw new InvalidArgumentError(option, 'the path of a file', describeValue(value))
}

export const share: Check<number | false> = either<number | false>(
  "false, bytes, or a size such as '1M'",
  byteSize,
  (value, option) => {
    if (value === false) return value
    throw new InvalidArgumentError(option, 'false', describeValue(value))
  },
)

export function argumentList(value: unknown, option: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  throw new InvalidArgumentError(option, 'an array of arguments', describeValue(value))
}

/** One observer, or an array of them. */
export const observerList: Check<readonly RunObserver[]> = (value, option) => {
  const observers = Array.isArray(value) ? (value as unknown[]) : [value]
  const wrong = observers.find((one) => typeof one !== 'object' || one === null)
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      option,
      'an observer such as { attempts(batch) {} }, or an array of them',
      describeValue(wrong),
    )
  return observers as RunObserver[]
}
