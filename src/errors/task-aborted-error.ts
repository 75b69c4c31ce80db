import { brand } from './manyhands-error.ts'
import { TaskError, type TaskFailure } from './task-error.ts'

/** A task was stopped, or never started, because its run ended first. */
export class TaskAbortedError extends TaskError {
  constructor(failure: TaskFailure, why: string) {
    super(failure, `was aborted: ${why}`, 'MH_TASK_ABORTED')
  }

  static {
    brand(this, 'TaskAbortedError')
  }
}
