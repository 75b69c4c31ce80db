import type { WorkerDeath } from '../../errors/task-errors.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { DoneFrame, LogFrame } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'
import type { Batch } from './batch.ts'

/**
 * Told what happens to a worker, by its handle, which has brought its own books up to date before.
 *
 * Called from the event loop, one call a message, never while a method of the handle runs. What a worker says of batches,
 * items and functions that it does not have is dropped before. Methods must not throw.
 */
export interface WorkerObserver<Handle> {
  /** The worker has come up. */
  ready(worker: Handle): void
  /** The worker cannot be used, nor can any other like it. It has been ended. */
  unusable(error: Error): void
  /** A function could not be made ready. The worker tries again when it is given the function again. */
  loadFailed(worker: Handle, fn: PreparedFunction, error: Error): void
  /** A task begins. Told only of functions that announce their tasks. */
  started(worker: Handle, batch: Batch, item: Item): void
  /** Outcomes of a batch have come, or its end. The observer settles them. */
  done(worker: Handle, batch: Batch, frame: DoneFrame): void
  /** An item that was cancelled no longer holds the worker; both numbers are the worker's own. */
  cancelled(worker: Handle, batch: number, offset: number): void
  /** Something was printed: by a task of `job`, if there is one, and by `item`, if that is known. */
  printed(worker: Handle, frame: LogFrame, job: Job | undefined, item: Item | undefined): void
  /** An error came that no task was waiting for; `task` is the one that it comes from, if that is known. */
  lateError(worker: Handle, error: unknown, task: { readonly name: string; readonly index: number } | undefined): void
  /** The worker is to end soon, for reasons of its own. */
  leaving(worker: Handle): void
  /** The worker is gone. Its batches are as they were; `running` is what it had begun and not ended, if that is known. */
  exited(worker: Handle, death: WorkerDeath, running: readonly RunningItem[] | undefined): void
}
