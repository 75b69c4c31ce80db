import { usageError } from '../command-error.ts'
import { isGiven, longName } from './flag-table.ts'
import { RUN_FLAGS, type RunFlags } from './run-flags.ts'

/** The flags that have no meaning for a reduction, and why. */
const WHY_NOT: Partial<Record<keyof typeof RUN_FLAGS, string>> = {
  batched: 'add() gets one input',
  steps: 'a reducer has no steps',
  config: 'a reducer has no config: --args gives it constants',
  order: 'there is one result, made in the order of the inputs',
  rate: 'inputs are added many at a time',
  cache: 'there is one result. --resume adds only inputs that have changed',
  debug: 'failures name their inputs, so export a function that calls add() for one of them, and run that with --debug',
}

/**
 * Makes sure that all flags that were given mean something with `--reduce`.
 *
 * @throws {CommandError} for the first that does not.
 */
export function refuseForReduce(flags: RunFlags): void {
  for (const [key, why] of Object.entries(WHY_NOT)) {
    const row = RUN_FLAGS[key as keyof typeof RUN_FLAGS]
    if (isGiven(row, flags[key as keyof RunFlags]))
      throw usageError(`${longName(row)} cannot be used with --reduce: ${why}`)
  }
}
