import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'

/** Stops a running item of a batch. Returns false if it is to go on. */
export type StopRunning = (running: RunningItem) => boolean

interface Stopping {
  /** The time at which the batch was to stop. */
  readonly since: number
  readonly stops: StopRunning[]
  /** The offsets of the items that were stopped. An answer that comes late may still show them. */
  readonly stopped: Set<number>
}

/**
 * Batches whose running items are stopped. One look at their worker is not enough: an item that it had taken at that moment
 * is not shown as running yet, and may never end.
 */
export class Stops {
  readonly #batches = new WeakMap<Batch, Stopping>()

  add(batch: Batch, stop: StopRunning, now: number): void {
    const known = this.#batches.get(batch)
    if (known === undefined) this.#batches.set(batch, { since: now, stops: [stop], stopped: new Set() })
    else known.stops.push(stop)
  }

  /** Stops the items that a worker shows as running. Each is stopped once. */
  apply(worker: WorkerHandle, shown: readonly RunningItem[]): void {
    for (const running of shown) {
      const batch = worker.batches.get(running.batch)
      const stopping = batch && this.#batches.get(batch)
      if (stopping === undefined || stopping.stopped.has(running.offset)) continue
      if (stopping.stops.some((stop) => stop(running))) stopping.stopped.add(running.offset)
    }
  }

  /** Returns true if a worker is to be looked at again. The pauses double, up to `most` milliseconds. */
  isDue(worker: WorkerHandle, now: number, most: number): boolean {
    for (const batch of worker.batches.values()) {
      const stopping = this.#batches.get(batch)
      if (stopping !== undefined && now - worker.lookedAt >= Math.min(worker.lookedAt - stopping.since, most))
        return true
    }
    return false
  }
}
