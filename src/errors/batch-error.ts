import { brand } from './manyhands-error.ts'
import type { TaskError } from './task-error.ts'

/** One input's outcome as a record. */
export type SettledRecord<I = unknown, R = unknown> =
  | { readonly status: 'fulfilled'; readonly index: number; readonly value: R }
  | { readonly status: 'rejected'; readonly index: number; readonly input: I; readonly reason: TaskError }

/** Some tasks of a run with `onError: 'collect'` failed: `errors` holds them, `results` all outcomes. */
export class BatchError extends AggregateError {
  readonly code = 'MH_BATCH'
  declare readonly errors: TaskError[]
  /** Every outcome, failed or not, in the order in which they were delivered. */
  declare readonly results: readonly SettledRecord[]

  constructor(errors: readonly TaskError[], results: readonly SettledRecord[]) {
    const first = errors[0] === undefined ? '' : `; the first: ${errors[0].message}`
    super(errors, `${errors.length} of ${results.length} tasks failed${first}`)
    // Not enumerable: a million records have no place on the console.
    Object.defineProperty(this, 'results', { value: results })
  }

  static {
    brand(this, 'BatchError')
  }
}
