import { monotonicNow } from '../../util/time.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'

/** Milliseconds after which a task that was told to stop, and still blocks its worker, is ended with it. */
const GRACE_MS = 50
/** The same for workers that are reached over a network. */
const FAR_GRACE_MS = 500

/** Stops running items in two steps: first the task is told; if its worker stays blocked, the worker is ended. */
export class Cancellations {
  /** Until when a worker must have answered, by worker and item. */
  readonly #due = new Map<WorkerHandle, Map<string, number>>()
  /** Workers that were late the last time. If this thread was held up, their answers may only now be read. */
  readonly #late = new Set<WorkerHandle>()

  get pending(): boolean {
    return this.#due.size > 0
  }

  /** Tells a running item that it is no longer wanted. */
  cancel(worker: WorkerHandle, batch: Batch, offset: number, reason: unknown): void {
    let items = this.#due.get(worker)
    if (items === undefined) this.#due.set(worker, (items = new Map()))
    items.set(`${batch.id}:${offset}`, monotonicNow() + (worker.isFar ? FAR_GRACE_MS : GRACE_MS))
    worker.cancel(batch, offset, reason)
  }

  /** The worker has let go of an item. */
  answered(worker: WorkerHandle, batch: number, offset: number): void {
    const items = this.#due.get(worker)
    if (items?.delete(`${batch}:${offset}`) !== true || items.size > 0) return
    this.#due.delete(worker)
    this.#late.delete(worker)
  }

  /** Ends workers that did not answer in time. */
  enforce(now: number): void {
    for (const [worker, items] of this.#due) {
      const wasLate = this.#late.delete(worker)
      if (worker.state === 'dead') this.#due.delete(worker)
      else if (Math.min(...items.values()) > now) continue
      else if (!wasLate) this.#late.add(worker)
      else {
        this.#due.delete(worker)
        worker.kill()
      }
    }
  }
}
