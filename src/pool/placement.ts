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

/** To look through all of a large fleet for each batch would cost more than it gains: so many that will do are enough. */
const CANDIDATES = 16

/** Finds workers with little to do. */
export class LeastLoaded {
  /** Where it goes on in a large fleet. */
  #next = 0

  /** Of the workers that pass a test, or of some of them, the one with the least to do. */
  of(workers: readonly PoolWorker[], test: (worker: PoolWorker) => boolean): PoolWorker | undefined {
    const { length } = workers
    const from = length <= CANDIDATES ? 0 : this.#next
    let least: PoolWorker | undefined
    let found = 0
    let looked = 0
    for (; looked < length && found < CANDIDATES; looked++) {
      const worker = workers[(from + looked) % length] as PoolWorker
      if (!test(worker)) continue
      found++
      if (least === undefined || hasLess(worker, least)) least = worker
    }
    // Those that it did not take may be taken the next time; those before the first of them will not do.
    this.#next = from + Math.max(0, looked - found)
    return least
  }
}

function hasLess(a: PoolWorker, b: PoolWorker): boolean {
  return a.batches.size === b.batches.size ? a.pending < b.pending : a.batches.size < b.batches.size
}

function uses(job: Job, worker: PoolWorker): boolean {
  for (const batch of worker.batches.values()) if (batch.job === job) return true
  return false
}
