import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'
import type { TaskError } from './task-errors.ts'

/** One input's outcome as a record. */
export type SettledRecord<I = unknown, R = unknown> =
  | { readonly status: 'fulfilled'; readonly index: number; readonly value: R }
  | { readonly status: 'rejected'; readonly index: number; readonly input: I; readonly reason: TaskError }

/**
 * Some tasks of a run with `onError: 'collect'` failed. `errors` holds the failures, `results` all outcomes, both in the
 * order in which they were delivered.
 */
export class BatchError extends AggregateError {
  readonly code = 'MH_BATCH'
  declare readonly errors: TaskError[]
  /** All outcomes, in the order in which they were delivered. */
  declare readonly results: readonly SettledRecord[]

  constructor(errors: readonly TaskError[], results: readonly SettledRecord[]) {
    const first = errors[0] === undefined ? '' : `; the first: ${errors[0].message}`
    super(errors, `${errors.length} of ${results.length} tasks failed${first}`)
    // Not enumerable: a million records would flood the console.
    Object.defineProperty(this, 'results', { value: results })
  }

  static {
    brand(this, 'BatchError')
  }
}

/** A wait took longer than the caller allows. Nothing is lost: the same call can be made again. */
export class TimeoutError extends ManyhandsError {
  /** The limit in milliseconds. */
  readonly timeout: number

  constructor(message: string, timeout: number) {
    super('MH_TIMEOUT', message)
    this.timeout = timeout
  }

  static {
    brand(this, 'TimeoutError')
  }
}

/** The pool or queue was closed by its owner. */
export class ClosedError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_CLOSED', message, details)
  }

  static {
    brand(this, 'ClosedError')
  }
}

/**
 * A journal cannot be used: another run is writing it, it belongs to another function, it is not a journal file, or the
 * disk is full.
 */
export class JournalError extends ManyhandsError {
  /** The journal's file. */
  readonly file: string
  /** The hashes of the function then and now, if it has changed since. */
  readonly hashes: { readonly was: string; readonly is: string } | undefined

  constructor(file: string, message: string, details?: ErrorDetails & Pick<Partial<JournalError>, 'hashes'>) {
    super('MH_JOURNAL', message, details)
    this.file = file
    this.hashes = details?.hashes
  }

  static {
    brand(this, 'JournalError')
  }
}
