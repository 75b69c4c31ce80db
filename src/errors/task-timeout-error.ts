import { brand } from './manyhands-error.ts'
import { TaskError, type TaskFailure } from './task-error.ts'

/** A task ran longer than its `timeout`, counted from its own start. */
export class TaskTimeoutError extends TaskError {
  /** The limit in milliseconds. */
  readonly timeout: number

  constructor(failure: TaskFailure, timeout: number) {
    super(failure, `timed out: it ran longer than ${formatMs(timeout)}`, 'MH_TASK_TIMEOUT')
    this.timeout = timeout
  }

  static {
    brand(this, 'TaskTimeoutError')
  }
}

function formatMs(ms: number): string {
  return `${Number.isInteger(ms) ? ms : Number(ms.toFixed(1))} ms`
}
