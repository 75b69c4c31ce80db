import { brand, ManyhandsError } from './manyhands-error.ts'

/** A function cannot be sent to workers, because of a variable or of the way it is written. Comes before any input is read. */
export class CaptureError extends ManyhandsError {
  /** The variable, or what else the function uses that cannot travel (`this`, `super`, `#private`, …). */
  readonly variable: string
  /** Where the function that uses it stands: `src/load.ts:12`. */
  readonly place: string
  /** Why, and what to do. */
  readonly reason: string

  constructor(variable: string, place: string, reason: string, cause?: unknown) {
    const details = cause === undefined ? undefined : { cause }
    super('MH_CAPTURE', `cannot send "${variable}" (captured at ${place}): ${reason}`, details)
    this.variable = variable
    this.place = place
    this.reason = reason
  }

  static {
    brand(this, 'CaptureError')
  }
}
