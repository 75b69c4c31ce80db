import type { TaskError, TaskIdentity, WorkerIdentity, WorkerDeath } from '../errors/task-errors.ts'
import type { Item } from './jobs/item.ts'

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

/** When an attempt began, in milliseconds since 1970, and how long it took. */
export interface Timing {
  readonly start: number
  readonly ms: number
}

/** Told of every attempt that has ended, whatever comes of it. */
export interface Attempts {
  succeeded(item: Item, worker: WorkerIdentity, timing: Timing | undefined): void
  /** The result was there: there was no attempt. */
  cached(item: Item): void
  /** `error` says what ended it, also where the task runs again. */
  failed(error: TaskError, timing: Timing | undefined): void
}
