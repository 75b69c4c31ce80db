import type { TaskError, TaskIdentity } from '../errors/task-error.ts'
import type { WorkerDeath } from '../errors/worker-crashed-error.ts'

/**
 * What happens in a run, as it happens. `attempt` counts from 1; `death` is undefined where the pool itself ended the
 * worker.
 */
export type RunEvent =
  | { readonly type: 'start'; readonly task: TaskIdentity; readonly attempt: number; readonly worker: WorkerRef }
  | { readonly type: 'done'; readonly task: TaskIdentity; readonly attempt: number; readonly worker: WorkerRef }
  /** The result was in the cache, or was computed for somebody else. */
  | { readonly type: 'hit'; readonly task: TaskIdentity }
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

/** A worker: `id` is its own, a worker that replaces it takes over its `slot`. */
export interface WorkerRef {
  readonly id: number
  readonly slot: number
  readonly pid: number | undefined
  /** The machine that it is on, where that may not be this one. */
  readonly host?: string
}

export type PoolEvents = (event: RunEvent) => void
