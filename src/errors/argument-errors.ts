import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** An argument or option that makes no sense. The message names what was expected and what came. */
export class InvalidArgumentError extends ManyhandsError {
  /** The option or argument. */
  readonly option: string
  readonly expected: string
  /** What came, shortened for reading. */
  readonly received: string
  /** The nearest name that exists, for a name that does not. */
  readonly nearest: string | undefined

  constructor(option: string, expected: string, received: string, nearest?: string) {
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
    super('MH_INVALID_ARGUMENT', `${option}: expected ${expected}, got ${received}.${hint}`)
    this.option = option
    this.expected = expected
    this.received = received
    this.nearest = nearest
  }

  static {
    brand(this, 'InvalidArgumentError')
  }
}

/** A call that the object's state does not allow, such as a second reader of one run. */
export class InvalidStateError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_INVALID_STATE', message, details)
  }

  static {
    brand(this, 'InvalidStateError')
  }
}

/** The backend, platform or Node version lacks what was asked for. */
export class UnsupportedError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_UNSUPPORTED', message, details)
  }

  static {
    brand(this, 'UnsupportedError')
  }
}

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
