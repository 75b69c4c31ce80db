import type { TaskError, TaskIdentity } from '../errors/task-error.ts'
import type { WorkerDeath } from '../errors/worker-crashed-error.ts'

/** What happens in a run, as it happens. */
export type RunEvent =
  | { readonly type: 'start'; readonly task: TaskIdentity; readonly attempt: number; readonly worker: WorkerRef }
  | { readonly type: 'done'; readonly task: TaskIdentity; readonly attempt: number; readonly worker: WorkerRef }
  | { readonly type: 'retry'; readonly task: TaskIdentity; readonly attempt: number; readonly error: TaskError }
  | { readonly type: 'failed'; readonly task: TaskIdentity; readonly attempt: number; readonly error: TaskError }
  | {
      readonly type: 'late-error'
      readonly task: TaskIdentity | undefined
      readonly worker: WorkerRef
      readonly error: unknown
    }
  | { readonly type: 'worker-start'; readonly worker: WorkerRef }
  | { readonly type: 'worker-exit'; readonly worker: WorkerRef; readonly death: WorkerDeath | undefined }

export interface WorkerRef {
  readonly id: number
  readonly slot: number
  readonly pid: number | undefined
}

export type PoolEvents = (event: RunEvent) => void
