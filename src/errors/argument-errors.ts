import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** An argument or option has an unusable value. The message names what was expected and what was given. */
export class InvalidArgumentError extends ManyhandsError {
  /** The option or argument. */
  readonly option: string
  readonly expected: string
  /** The value that was given, shortened for reading. */
  readonly received: string
  /** The nearest existing name, if the given name does not exist. */
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

/** The object's state does not allow the call, such as a second reader of one run. */
export class InvalidStateError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_INVALID_STATE', message, details)
  }

  static {
    brand(this, 'InvalidStateError')
  }
}

/** The backend, platform or Node version lacks a feature that was asked for. */
export class UnsupportedError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_UNSUPPORTED', message, details)
  }

  static {
    brand(this, 'UnsupportedError')
  }
}

/**
 * A function cannot be sent to workers, because of a variable that it uses or the way it is written. Thrown before any
 * input is read.
 */
export class CaptureError extends ManyhandsError {
  /** The variable, or another part of the function that cannot be sent (`this`, `super`, `#private`, …). */
  readonly variable: string
  /** The place of the function that uses it: `src/load.ts:12`. */
  readonly place: string
  /** The reason, and what to do about it. */
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
