import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** The backend failed for a reason outside of the tasks. */
export class BackendError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_BACKEND', message, details)
  }

  static {
    brand(this, 'BackendError')
  }
}
