import type { Observers } from '../../observe/observers.ts'
import type { Capabilities } from '../../pool/backend/backend.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import type { AnyFunction, TaskFunction } from '../../task/task-function.ts'
import { type FunctionUse, prepareOptions } from '../prepare-options.ts'
import type { RunHost } from './run-host.ts'
import { rememberLive } from './tasks-here.ts'

/** The workers of a run, and its settings. */
export interface PreparingRun {
  readonly host: RunHost
  readonly capabilities: Capabilities
  readonly settings: RunSettings
  readonly observers: Observers
}

/** Prepares a function of a run for its workers; if the run falls back, also for single tasks in this thread. */
export async function prepareFor(
  { host, capabilities, settings, observers }: PreparingRun,
  fn: TaskFunction,
  use: FunctionUse,
): Promise<readonly PreparedFunction[]> {
  const prepared = await host.prepare(fn, prepareOptions(settings, capabilities, use, observers))
  if (settings.fallback !== 'serial') return prepared
  const parts = (Array.isArray(fn) ? fn : [fn]) as readonly AnyFunction[]
  for (const [i, one] of prepared.entries()) {
    rememberLive(one, async (here) => {
      const options = prepareOptions(settings, here, { ...use, asText: false }, observers)
      const [live] = await prepareFunctions(parts[i] as AnyFunction, { ...options, live: true, copy: false })
      return live as PreparedFunction
    })
  }
  return prepared
}
