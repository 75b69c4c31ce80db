import { AsyncLocalStorage } from 'node:async_hooks'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { HostSettings } from './pool-settings.ts'
import type { BackendOption, RunOptions } from './run-options.ts'
import {
  type CompleteSettings,
  debugSettings,
  type MapSettings,
  type OF_ONE_RUN,
  readRunOptions,
  RUN_DEFAULTS,
  type RunSettings,
} from './run-settings.ts'

/** The options of `setDefaults` and `withDefaults`: all but those that belong to one run. */
export type DefaultOptions = Omit<RunOptions, (typeof OF_ONE_RUN)[number]>

const scoped = new AsyncLocalStorage<RunSettings>()
let processWide: RunSettings = {}

/**
 * Sets defaults for all runs of this process that start from now on. Replaces those set before.
 *
 * A call's own options come first, then those of `withDefaults`, these, and the environment's `MANYHANDS_BACKEND` and
 * `MANYHANDS_WORKERS`.
 *
 * @example
 * setDefaults({ backend: 'processes', retries: 2 })
 *
 * @throws {InvalidArgumentError} for unknown options and wrong values.
 */
export function setDefaults(options: DefaultOptions): void {
  processWide = readRunOptions(options)
}

/**
 * Sets defaults for all runs that a callback starts, also after its awaits. Returns what the callback returns.
 *
 * @example
 * const lengths = await withDefaults({ workers: 2 }, async () => map(files, countLines))
 *
 * @throws {InvalidArgumentError} for unknown options and wrong values.
 */
export function withDefaults<T>(options: DefaultOptions, fn: () => T): T {
  if (typeof fn !== 'function') throw new InvalidArgumentError('fn', 'a function', describeValue(fn))
  return scoped.run({ ...scoped.getStore(), ...readRunOptions(options) }, fn)
}

/**
 * Completes the settings of a run with those of its pool and with defaults.
 *
 * @throws {InvalidArgumentError} for a backend on a pool, and for `copy: false` on any backend but `serial`.
 */
export function withDefaultSettings<T extends RunSettings | MapSettings>(
  settings: T,
  pool?: HostSettings,
): CompleteSettings<T> {
  if (pool !== undefined && settings.backend !== undefined) {
    throw new InvalidArgumentError(
      'backend',
      'none on a run of a pool (set it in new Pool({ backend }))',
      describeValue(settings.backend),
    )
  }
  const all = debugSettings({
    ...RUN_DEFAULTS,
    ...environmentSettings(),
    ...processWide,
    ...scoped.getStore(),
    ...pool,
    ...settings,
  })
  if (!all.copy && pool === undefined && all.backend !== 'serial') {
    throw new InvalidArgumentError('copy', "true, or false with backend: 'serial'", `false with ${nameOf(all.backend)}`)
  }
  return all
}

function nameOf(backend: BackendOption): string {
  return typeof backend === 'string' ? `backend: '${backend}'` : `the backend ${backend.name}`
}

function environmentSettings(): RunSettings {
  const { MANYHANDS_BACKEND: backend, MANYHANDS_WORKERS: workers } = process.env
  return {
    ...(backend && readEnvironment('MANYHANDS_BACKEND', { backend })),
    ...(workers && { workers: workersOf(workers) }),
  }
}

/** Environment variables are texts: `8` and `-1` are numbers. */
function workersOf(text: string): number {
  const isNumber = text.trim() !== '' && !Number.isNaN(Number(text))
  return readEnvironment('MANYHANDS_WORKERS', { workers: isNumber ? Number(text) : text }).workers as number
}

/** Checks options from an environment variable. The error for a wrong value names the variable. */
function readEnvironment(name: string, options: object): RunSettings {
  try {
    return readRunOptions(options)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new InvalidArgumentError(
      `the environment variable ${name}`,
      error.expected,
      `"${process.env[name]}"`,
      error.nearest,
    )
  }
}
