import type { CacheAccess } from '../cache/cache-access.ts'
import type { Journal } from '../journal/journal.ts'
import type { RunEvent } from '../observe/event-observer.ts'
import type { RunObserver } from '../observe/observer.ts'
import {
  abortSignal,
  byteSize,
  callback,
  either,
  flag,
  milliseconds,
  oneOf,
  positiveNumber,
  text,
  wholeNumber,
  wholeNumberUpTo,
} from '../options/checks.ts'
import { haltRule, type HaltRule } from '../options/halt-rule.ts'
import { type ChecksOf, readOptions, type SettingsOf } from '../options/read-options.ts'
import { workers } from '../options/workers.ts'
import { MAX_CONCURRENCY } from '../pool/workers/worker-set.ts'
import { POLICY_CHECKS, type RetryPolicy, type TimeoutRule } from '../task/failure-policy.ts'
import {
  argumentList,
  backendChoice,
  cache,
  journal,
  logs,
  observerList,
  onError,
  progress,
  share,
} from './option-checks.ts'
import type { MapOptions, OnErrorWord, RunOptions } from './run-options.ts'
import { type SkipRule, skipRule } from './skip-rule.ts'

/** The types of the options that the checks convert. */
interface Forms {
  readonly workers: number
  readonly skip: SkipRule
  readonly timeout: TimeoutRule
  readonly retries: RetryPolicy
  readonly halt: HaltRule
  readonly observe: readonly RunObserver[]
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
  concurrency: wholeNumberUpTo(MAX_CONCURRENCY),
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
  share,
  signal: abortSignal,
  progress,
  total: wholeNumber(0, Infinity),
  observe: observerList,
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
  skip: skipRule,
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
