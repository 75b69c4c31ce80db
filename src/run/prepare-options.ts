import type { Observers } from '../observe/observers.ts'
import type { PrepareOptions } from '../pool/functions/prepare.ts'
import type { RemoteCache } from '../pool/functions/remote-cache.ts'
import { RUN_DEFAULTS, type RunSettings } from '../settings/run-settings.ts'
import { isOfMedian, type TimeoutRule } from '../task/failure-policy.ts'
import { isNested } from '../task/nesting.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'

/** Options that belong to one function of a run, or to one call. */
export interface FunctionUse {
  readonly name?: string | undefined
  /** Constants after the arguments of each call. */
  readonly args?: readonly unknown[] | undefined
  /** The timeout of its tasks. */
  readonly timeout?: TimeoutRule | undefined
  /** The steps that the function is made of. */
  readonly steps?: StepsOfTask | undefined
  /** Looks up and stores the results of these steps, for workers that cannot. */
  readonly remoteCache?: RemoteCache | undefined
  /** Finds the part that threw, if the function is made of several. */
  readonly locate?: PrepareOptions['locate']
  /** Results may be sent as lines of JSON. */
  readonly asText?: boolean
  /** Observers that take successes by runs need the content keys of inputs. */
  readonly keys?: boolean
  /** Tells if a result came from a cache in the worker. */
  readonly results?: PrepareOptions['results']
  /** Only at its end is it known if a call ran, or came from a cache: its start is told then. */
  readonly toldAtEnd?: boolean
  /** An error made in the user's call: its stack tells where that is. */
  readonly calledAt?: Error | undefined
}

/** The settings of a run, or of a pool, that say how its functions are prepared. */
export type PreparingSettings = Pick<RunSettings, 'copy' | 'logs' | 'share'>

/**
 * Derives the options with which a function is prepared. The only place that does: the same function on the same
 * backend is prepared alike for `map`, `execute`, workflows, `pool.run` and queues.
 */
export function prepareOptions(
  { copy = RUN_DEFAULTS.copy, logs = 'inherit', share }: PreparingSettings,
  capabilities: PrepareOptions['capabilities'],
  { timeout, asText = false, toldAtEnd = false, ...use }: FunctionUse,
  observers: Pick<Observers, 'hears' | 'ofAttempts'>,
): PrepareOptions {
  return {
    ...use,
    capabilities,
    shareFrom: share === false ? undefined : share,
    announce: observers.hears('attemptStarted') && !toldAtEnd,
    measure: measureOf(use, timeout, observers),
    asText,
    // Rows have keys of their own, which cost less than those of values.
    keys: use.keys === true && observers.ofAttempts('run').some(({ needsKeys }) => needsKeys === true),
    // All output of a separate worker comes from tasks; in this thread it must be told apart from that of other code.
    captureOutput: logs !== 'inherit' && !capabilities.parallel,
    live: !copy || isNested(),
    copy,
  }
}

/** Tells which tasks workers have to time: each of them costs a little. */
function measureOf(
  { steps, results }: Pick<FunctionUse, 'steps' | 'results'>,
  timeout: TimeoutRule | undefined,
  observers: Pick<Observers, 'ofAttempts'>,
): PrepareOptions['measure'] {
  if (observers.ofAttempts('each').length > 0 || isOfMedian(timeout)) return 'each'
  if (observers.ofAttempts('run').length === 0) return false
  return (steps ?? results) === undefined ? 'slow' : 'each'
}
