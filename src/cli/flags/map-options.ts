import type { Journal } from '../../journal/journal.ts'
import type { MapOptions } from '../../settings/run-options.ts'
import type { RunFlags } from './run-flags.ts'

/** The options of `map` for a function of which nothing is known, with a journal that is kept elsewhere. */
export interface AnyMapOptions extends Omit<MapOptions, 'journal' | 'args' | 'spread'> {
  readonly spread: boolean
  readonly args: readonly unknown[]
  readonly journal?: Journal
}

/** What the flags mean for `map`. */
export function mapOptionsOf(flags: RunFlags): AnyMapOptions {
  const { batch, concurrency, priority, timeout, workerDeaths, retries, retryDelay, deadline, memfree, rate } = flags
  const halt = flags.failFast ? 'now,fail=1' : flags.halt
  return {
    ordered: flags.order === 'input',
    spread: flags.spread,
    args: constantsOf(flags),
    retries: { times: retries, ...retryDelay },
    ...(batch !== undefined && { batch }),
    ...(concurrency !== undefined && { concurrency }),
    ...(priority !== undefined && { priority }),
    ...(timeout !== undefined && { timeout }),
    ...(workerDeaths !== undefined && { workerDeaths }),
    ...(deadline !== undefined && { deadline }),
    ...(memfree !== undefined && { memfree }),
    ...(rate !== undefined && { rate }),
    ...(halt !== undefined && halt !== 'never' && { halt }),
  }
}

/** What each call of the function is given after its input. */
export function constantsOf({ args, config }: RunFlags): readonly unknown[] {
  return args ?? (config === undefined ? [] : [config])
}
