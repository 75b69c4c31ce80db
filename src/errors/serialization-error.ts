import { brand } from './manyhands-error.ts'
import { TaskError, type TaskFailure } from './task-error.ts'

/** Which way a value that cannot travel was going. */
export type Direction = 'input' | 'result' | 'argument' | 'capture'

/** A value cannot travel to or from a worker. `path` says where inside it the trouble is. Never retried. */
export class SerializationError extends TaskError {
  /** The place inside the value: `result.items[3].fn`. */
  readonly path: string
  readonly direction: Direction

  constructor(failure: TaskFailure, path: string, reason: string, direction: Direction) {
    super(failure, `cannot send its ${direction}: ${path} ${reason}`, 'MH_SERIALIZATION')
    this.path = path
    this.direction = direction
  }

  static {
    brand(this, 'SerializationError')
  }
}
