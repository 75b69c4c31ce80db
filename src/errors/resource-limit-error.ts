import { brand } from './manyhands-error.ts'
import { TaskError, type TaskFailure } from './task-error.ts'

/** A task took more memory than its worker may have. */
export class ResourceLimitError extends TaskError {
  /** The limit in bytes. */
  readonly limit: number
  /** What the worker had when it was stopped, in bytes. */
  readonly used: number

  constructor(failure: TaskFailure, limit: number, used: number) {
    super(failure, `took ${megabytes(used)} of memory, its worker may have ${megabytes(limit)}`, 'MH_RESOURCE_LIMIT')
    this.limit = limit
    this.used = used
  }

  static {
    brand(this, 'ResourceLimitError')
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`
}
