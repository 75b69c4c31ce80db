import { brand } from './manyhands-error.ts'
import type { Direction } from './serialization-error.ts'
import { TaskError, type TaskFailure } from './task-error.ts'

/** An input or result is larger than the backend can carry in one piece. */
export class PayloadTooLargeError extends TaskError {
  /** The most that can be carried, in bytes. */
  readonly limit: number

  constructor(failure: TaskFailure, direction: Direction, limit: number) {
    super(
      failure,
      `has ${direction === 'result' ? 'a' : 'an'} ${direction} of more than ${limit} bytes, the most that can be sent`,
      'MH_PAYLOAD_TOO_LARGE',
    )
    this.limit = limit
  }

  static {
    brand(this, 'PayloadTooLargeError')
  }
}
