import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** The backend, platform or Node version lacks what was asked for. */
export class UnsupportedError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_UNSUPPORTED', message, details)
  }

  static {
    brand(this, 'UnsupportedError')
  }
}
