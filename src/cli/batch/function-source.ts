import type { Results } from '../../run/outcomes/results.ts'
import { type AnyMapOptions, constantsOf, type SharedOptions } from '../flags/map-options.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import { taskOf } from '../module/task-of.ts'
import { PoolSource } from './pool-source.ts'

type AnyMap = (inputs: Inputs['items'], fn: unknown, options: AnyMapOptions) => Results<unknown>

/** Runs one function over many inputs, with a pool of its own. */
export class FunctionSource extends PoolSource {
  override readonly counts = 'results'

  override open(options: SharedOptions): Results<unknown> {
    const { task, inputs, flags, journal } = this.work
    const total = inputs.total()
    const fn = taskOf(task, flags)
    // The types of the function are not known here.
    const map = this.pool.map as unknown as AnyMap
    return map(inputs.items, fn, {
      ...options,
      spread: flags.spread,
      args: constantsOf(flags),
      ...(total !== undefined && { total }),
      ...(journal !== undefined && { journal }),
    })
  }
}
