import { monotonicNow } from '../../util/time.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'

/** Milliseconds after which a worker is ended if a task that was told to stop still blocks it. */
const GRACE_MS = 50
/** The same for tasks whose run has ended, which no one waits for, and for workers that are reached over a network. */
export const LONG_GRACE_MS = 500

/** Stops running items in two steps: aborts the task's signal, then ends the worker if it stays blocked. */
export class Cancellations {
  /** The time by which a worker must have answered, by worker and item. */
  readonly #due = new Map<WorkerHandle, Map<string, number>>()
  /** Workers that were late at the last check. They get one more: if this thread was blocked, answers are still unread. */
  readonly #late = new Set<WorkerHandle>()

  get pending(): boolean {
    return this.#due.size > 0
  }

  /** Cancels a running item. `grace`: milliseconds in which the worker must answer. */
  cancel(worker: WorkerHandle, batch: Batch, offset: number, reason: unknown, grace: number = GRACE_MS): void {
    let items = this.#due.get(worker)
    if (items === undefined) this.#due.set(worker, (items = new Map()))
    items.set(`${batch.id}:${offset}`, monotonicNow() + (worker.isFar ? LONG_GRACE_MS : grace))
    worker.cancel(batch, offset, reason)
  }

  /** Called when a cancelled item no longer holds its worker. */
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
