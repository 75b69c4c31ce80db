import { brand, ManyhandsError } from './manyhands-error.ts'

/** Waiting took longer than the caller allows. Nothing is lost: the same call can be made again. */
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
