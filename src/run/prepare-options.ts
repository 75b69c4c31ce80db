import type { Observers } from '../observe/observers.ts'
import type { PrepareOptions } from '../pool/functions/prepare.ts'
import type { RemoteCache } from '../pool/functions/remote-cache.ts'
import { RUN_DEFAULTS, type RunSettings } from '../settings/run-settings.ts'
import { isOfMedian, type TimeoutRule } from '../task/failure-policy.ts'
import { isNested } from '../task/nesting.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'

/** What is particular to one function of a run, or to one call. */
export interface FunctionUse {
  readonly name?: string | undefined
  /** Constants after the arguments of each call. */
  readonly args?: readonly unknown[] | undefined
  /** The limit in time of its tasks. */
  readonly timeout?: TimeoutRule | undefined
  /** The steps that the function is made of. */
  readonly steps?: StepsOfTask | undefined
  /** Looks up and stores the results of these steps, for workers that cannot. */
  readonly remoteCache?: RemoteCache | undefined
  /** Says more of what a task of it threw, if it is made of several functions. */
  readonly locate?: PrepareOptions['locate']
  /** The call that the user made: its stack tells the place. */
  readonly calledAt?: Error | undefined
}

/** The settings of a run, or of a pool, that say how its functions are prepared. */
export type PreparingSettings = Pick<RunSettings, 'copy' | 'logs' | 'share'>

/**
 * How a function is prepared. Derived here alone, so that the same function on the same backend is prepared alike
 * whether `map`, `execute`, a workflow, `pool.run` or a queue brings it.
 */
export function prepareOptions(
  { copy = RUN_DEFAULTS.copy, logs = 'inherit', share }: PreparingSettings,
  capabilities: PrepareOptions['capabilities'],
  { timeout, ...use }: FunctionUse,
  observers: Pick<Observers, 'hears'>,
): PrepareOptions {
  return {
    ...use,
    capabilities,
    shareFrom: share === false ? undefined : share,
    announce: observers.hears('attemptStarted'),
    measure: observers.hears('attempts') || isOfMedian(timeout),
    // In a worker of its own all output is the tasks'; in this thread it must be told apart from other code's.
    captureOutput: logs !== 'inherit' && !capabilities.parallel,
    live: !copy || isNested(),
    copy,
  }
}
