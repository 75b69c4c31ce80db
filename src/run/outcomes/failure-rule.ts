import { BatchError, type SettledRecord } from '../../errors/run-errors.ts'
import type { TaskError } from '../../errors/task-errors.ts'
import { answerOf } from '../../options/checks.ts'
import type { Ending } from '../../pool/jobs/ports.ts'
import type { OnError } from '../../settings/run-options.ts'
import { Failure } from './reorder-buffer.ts'

/** Stands for an outcome that has no value. */
export const NO_VALUE: unique symbol = Symbol('no value')

/** The option `onError`: what a failed task means for the run, and what a consumer of values gets in its place. */
export class FailureRule {
  readonly #onError: OnError
  #hasFailures = false
  readonly #failures: TaskError[] = []
  /** All outcomes, for the `BatchError` of `collect`. */
  readonly #records: SettledRecord[] = []
  /** The failure that stops the run. */
  fatal: Ending | undefined
  /** The failure that stops the run unless it will be read as settled records. */
  undecided: Ending | undefined

  constructor(onError: OnError) {
    this.#onError = onError
  }

  /**
   * Called when a task failed for good. Returns false if the run stops there, so that the failure is no outcome of its
   * own. `reading`: how the run is read; undefined if there is no reader yet.
   */
  admit(failure: Failure, reading: string | undefined): boolean {
    this.#hasFailures = true
    if (reading === 'settled') return true
    switch (this.#onError) {
      case 'collect':
        this.#failures.push(failure.error)
        return true
      case 'return':
        failure.replacement = { value: failure.error }
        return true
      case 'throw':
        if (reading === undefined) {
          this.undecided ??= { thrown: failure.error }
          return true
        }
        this.fatal ??= { thrown: failure.error }
        return false
      default:
        return this.#replace(failure, this.#onError)
    }
  }

  /** Returns true if a failure stops a run that is read in this form. */
  isFatal(reading: string | undefined): boolean {
    return this.#onError === 'throw' && reading !== undefined && reading !== 'settled'
  }

  #replace(failure: Failure, onError: (error: TaskError) => unknown): boolean {
    try {
      failure.replacement = { value: answerOf(onError(failure.error), 'onError') }
      return true
    } catch (thrown) {
      this.fatal ??= { thrown }
      return false
    }
  }

  /** True while all outcomes are values and none is recorded: then `asValue` would change nothing. */
  get isPlain(): boolean {
    return !this.#hasFailures && this.#onError !== 'collect'
  }

  /** Converts an outcome to what a consumer of values gets; `NO_VALUE` if the outcome is left out. */
  asValue(outcome: unknown, index: number): unknown {
    if (this.#onError === 'collect') this.#records.push(recordOf(outcome, index))
    if (!(outcome instanceof Failure)) return outcome
    return outcome.replacement === undefined ? NO_VALUE : outcome.replacement.value
  }

  /** Returns, once, the error that a run with `collect` ends with; undefined if nothing failed. */
  takeBatchError(): Ending | undefined {
    if (this.#failures.length === 0) return undefined
    const records = this.#records.splice(0)
    // In the order of the records, not of completion; then those that were not delivered.
    const errors = records.flatMap((record) => (record.status === 'rejected' ? [record.reason] : []))
    const delivered = new Set(errors)
    const others = this.#failures.splice(0).filter((failure) => !delivered.has(failure))
    return { thrown: new BatchError([...errors, ...others], records) }
  }
}

/** Converts an outcome to a record of `settled()`. */
export function recordOf(outcome: unknown, index: number): SettledRecord {
  if (!(outcome instanceof Failure)) return { status: 'fulfilled', index, value: outcome }
  return { status: 'rejected', index, input: outcome.item.input, reason: outcome.error }
}
