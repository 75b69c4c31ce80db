import type { Job } from './job.ts'
import type { PoolWorker } from './pool-worker.ts'

/** Whether a job, which may be limited to fewer workers than there are, may give work to this one. */
export function mayUse(job: Job, worker: PoolWorker, workers: readonly PoolWorker[]): boolean {
  return job.hasFunctionFor(worker) && (uses(job, worker) || mayUseAnother(job, workers))
}

export function mayUseAnother(job: Job, workers: readonly PoolWorker[]): boolean {
  const { maxWorkers } = job.options
  if (maxWorkers >= workers.length + 1) return true
  let used = 0
  for (const worker of workers) if (uses(job, worker)) used++
  return used < maxWorkers
}

/** A fleet with more workers is large: to look through all of it for each batch would cost more than it gains. */
export const LARGE_FLEET = 256

/** Finds the worker with the least to do; in a large fleet one after the other. */
export class LeastLoaded {
  /** Where it goes on in a large fleet. */
  #next = 0

  /** Of the workers that pass a test the one with the least to do; in a large fleet the next. */
  of(workers: readonly PoolWorker[], test: (worker: PoolWorker) => boolean): PoolWorker | undefined {
    const { length } = workers
    if (length > LARGE_FLEET) return this.#nextOf(workers, test)
    let least: PoolWorker | undefined
    for (const worker of workers) if (test(worker) && (least === undefined || hasLess(worker, least))) least = worker
    return least
  }

  #nextOf(workers: readonly PoolWorker[], test: (worker: PoolWorker) => boolean): PoolWorker | undefined {
    for (let left = workers.length; left > 0; left--) {
      this.#next = (this.#next + 1) % workers.length
      const worker = workers[this.#next] as PoolWorker
      if (test(worker)) return worker
    }
    return undefined
  }
}

function hasLess(a: PoolWorker, b: PoolWorker): boolean {
  return a.batches.size === b.batches.size ? a.pending < b.pending : a.batches.size < b.batches.size
}

function uses(job: Job, worker: PoolWorker): boolean {
  for (const batch of worker.batches.values()) if (batch.job === job) return true
  return false
}
