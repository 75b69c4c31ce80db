import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** The pool or queue was closed by its owner. */
export class ClosedError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_CLOSED', message, details)
  }

  static {
    brand(this, 'ClosedError')
  }
}
