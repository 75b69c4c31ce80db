import type { WorkerDeath } from '../../errors/task-errors.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { DoneFrame, LogFrame } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'
import type { Batch } from './batch.ts'

/**
 * Callbacks of a worker handle for the events of its worker. The handle has updated its own state before each call.
 *
 * Called from the event loop, one call a frame, never while a method of the handle runs. Frames about batches, items and
 * functions that the worker does not have are dropped before. Methods must not throw.
 */
export interface WorkerObserver<Handle> {
  /** The worker is ready. */
  ready(worker: Handle): void
  /** The worker cannot be used, nor can any other like it. It has been ended. */
  unusable(error: Error): void
  /** A function could not be loaded. The worker tries again when the function is sent again. */
  loadFailed(worker: Handle, fn: PreparedFunction, error: Error): void
  /** A call begins; `items` are its inputs without an outcome. Called only for functions that announce their tasks. */
  started(worker: Handle, batch: Batch, items: readonly Item[]): void
  /** Outcomes of a batch have come, or its end. The observer settles them. */
  done(worker: Handle, batch: Batch, frame: DoneFrame): void
  /** An item that was cancelled no longer holds the worker; both numbers are the worker's own. */
  cancelled(worker: Handle, batch: number, offset: number): void
  /** Something was printed: by a task of `job`, if there is one, and by `item`, if that is known. */
  printed(worker: Handle, frame: LogFrame, job: Job | undefined, item: Item | undefined): void
  /** An error came after its task had its outcome; `task` is that task, if it is known. */
  lateError(worker: Handle, error: unknown, task: { readonly name: string; readonly index: number } | undefined): void
  /** The worker is about to end, for a reason of its own. */
  leaving(worker: Handle): void
  /** The worker has ended; its batches are unchanged. `running`: items begun and not finished, if they are known. */
  exited(worker: Handle, death: WorkerDeath, running: readonly RunningItem[] | undefined): void
  /** Returns true while there is work that someone waits for and that no worker has. */
  workWaits(): boolean
}
