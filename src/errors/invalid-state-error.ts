import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** A call that the object's state does not allow, such as a second reader of one run. */
export class InvalidStateError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_INVALID_STATE', message, details)
  }

  static {
    brand(this, 'InvalidStateError')
  }
}
