import type { WorkerIdentity } from '../errors/task-error.ts'
import type { LogFrame } from '../wire/frames.ts'
import type { Entry } from './entry.ts'

/** Where the output of a job's tasks goes. */
export interface LogSink {
  take(frame: LogFrame, entry: Entry | undefined, worker: WorkerIdentity): void
  /** A task has its outcome. */
  completed?(place: number): void
  /** The job is over. */
  flush?(): void
}
