import type { Job } from '../jobs/job.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'

/** Returns true if a job, which may be limited to fewer workers than there are, may give work to this one. */
export function mayUse(job: Job, worker: WorkerHandle, workers: readonly WorkerHandle[]): boolean {
  return job.owned?.hasOneFor(worker) !== false && (worker.has(job) || mayUseAnother(job, workers))
}

export function mayUseAnother(job: Job, workers: readonly WorkerHandle[]): boolean {
  const { maxWorkers } = job.options
  if (maxWorkers >= workers.length + 1) return true
  let used = 0
  for (const worker of workers) if (worker.has(job)) used++
  return used < maxWorkers
}

/** Above this many workers, scanning all of them for each batch costs more than it gains. */
export const LARGE_SET = 256

/** Finds the worker with the least to do; in a large set it takes one after the other. */
export class LeastLoaded {
  /** The position after which a large set is searched. */
  #next = 0

  /** Returns the worker with the least to do among those that pass a test; in a large set, the next that passes. */
  of(workers: readonly WorkerHandle[], test: (worker: WorkerHandle) => boolean): WorkerHandle | undefined {
    const { length } = workers
    if (length > LARGE_SET) return this.#nextOf(workers, test)
    let least: WorkerHandle | undefined
    for (const worker of workers) if (test(worker) && (least === undefined || hasLess(worker, least))) least = worker
    return least
  }

  #nextOf(workers: readonly WorkerHandle[], test: (worker: WorkerHandle) => boolean): WorkerHandle | undefined {
    for (let left = workers.length; left > 0; left--) {
      this.#next = (this.#next + 1) % workers.length
      const worker = workers[this.#next] as WorkerHandle
      if (test(worker)) return worker
    }
    return undefined
  }
}

function hasLess(a: WorkerHandle, b: WorkerHandle): boolean {
  return a.batches.size === b.batches.size ? a.pending < b.pending : a.batches.size < b.batches.size
}

/** A job that waits for workers. */
export interface Turn {
  readonly job: Job
  /** The priority of its next item when the turns were decided. */
  readonly priority: number
}

/** Orders jobs for their next turn: higher priority first, then the one that had the least worker time. */
export function byTurn(a: Turn, b: Turn): number {
  return b.priority - a.priority || a.job.workTime - b.job.workTime
}

/** Returns the worker time that a new job is credited with: the least of the others, so that it starts even with them. */
export function startingWorkTime(others: readonly Job[]): number {
  return others.length === 0 ? 0 : Math.min(...others.map((job) => job.workTime))
}
