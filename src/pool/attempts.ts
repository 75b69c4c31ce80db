import type { TaskError, WorkerIdentity } from '../errors/task-error.ts'
import type { Entry } from './entry.ts'

/** When an attempt began, in milliseconds since 1970, and how long it took. */
export interface Timing {
  readonly start: number
  readonly ms: number
}

/** Told of every attempt that has ended, whatever comes of it. */
export interface Attempts {
  succeeded(entry: Entry, worker: WorkerIdentity, timing: Timing | undefined): void
  /** The result was there: there was no attempt. */
  cached(entry: Entry): void
  /** `error` says what ended it, also where the task runs again. */
  failed(error: TaskError, timing: Timing | undefined): void
}
