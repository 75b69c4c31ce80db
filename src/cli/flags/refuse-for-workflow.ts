import { usageError } from '../command-error.ts'
import { isGiven, longName } from './flag-table.ts'
import { ALL_RUN_FLAGS, type RunFlags } from './run-flags.ts'

/**
 * Makes sure that all flags that were given mean something for a workflow. `takesInputs`: it is declared for inputs.
 *
 * @throws {CommandError} for the first that does not.
 */
export function refuseForWorkflow(flags: RunFlags, name: string, takesInputs: boolean): void {
  for (const [key, row] of Object.entries(ALL_RUN_FLAGS)) {
    const { appliesTo = 'runs', instead } = row
    if (appliesTo === 'runs' || (appliesTo === 'inputs' && takesInputs)) continue
    if (!isGiven(row, flags[key as keyof RunFlags])) continue
    const what = appliesTo === 'inputs' ? 'a workflow without inputs' : 'a workflow'
    const hint = instead === undefined ? '' : `; ${instead}`
    throw usageError(`${name} is ${what}: ${longName(row)} has no meaning for one${hint}`)
  }
}
