import { monotonicNow } from '../../util/time.ts'
import type { Job } from '../jobs/job.ts'
import type { Batch } from '../workers/batch.ts'
import { DEPTH, FAR_MS } from '../workers/far-depth.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import type { WorkerSet } from '../workers/worker-set.ts'
import { mayUse } from './placement.ts'

/** A worker without news for this long, in milliseconds, is in a slow task. */
export const QUIET_MS = 5
/** Work that its worker will finish within this many milliseconds is not worth stealing. */
const WORTH_MS = 2

/**
 * Takes items that have not begun back from busy workers while others are idle: items behind a slow one, and the tail of
 * a long batch near the end.
 */
export function steal(workerSet: WorkerSet): void {
  const idle = workerSet.workers.find((worker) => worker.accepting && worker.batches.size === 0)
  if (idle === undefined && !workerSet.hasRoom) return
  for (const victim of workerSet.workers) {
    const waitingBatches = [...waitingIn(victim)]
    // Workers on other machines may have many: the older half stays, since taking back and sending again costs messages.
    const kept = victim.isFar ? Math.floor(Math.max(0, waitingBatches.length - DEPTH) / 2) : 0
    for (const [batch, waiting] of waitingBatches.slice(kept)) {
      if (
        !batch.revoking &&
        isWorthIt(victim, batch, waiting) &&
        (idle === undefined || mayUse(batch.job, idle, workerSet.workers))
      ) {
        void victim.revoke(batch)
      }
    }
  }
}

/** The batches of a worker with items that cannot have begun, and how many. */
function* waitingIn(worker: WorkerHandle): Generator<[batch: Batch, waiting: number]> {
  /** Number of items of each job that may still run. */
  const lanes = new Map<Job, number>()
  let isFirst = true
  /** A batch with the worker to itself runs, or is next: those behind it wait. */
  let isClosed = false
  for (const batch of worker.batches.values()) {
    isClosed ||= batch.isExclusive
    const { job } = batch
    const free = isFirst || !isClosed ? (lanes.get(job) ?? job.options.concurrency) : 0
    const calls = batch.pendingCalls
    lanes.set(job, Math.max(0, free - calls))
    isFirst = false
    if (calls > free) yield [batch, Math.ceil((batch.pending * (calls - free)) / calls)]
  }
}

/**
 * Takes back work from workers on other machines that have much of it, if another job has work that waits: they got it
 * while there was no other.
 */
export function giveWay(workerSet: WorkerSet, jobs: Iterable<Job>): void {
  const waiting = [...jobs].filter((job) => job.open && !job.isDrained && job.hasWork())
  if (waiting.length === 0) return
  for (const worker of workerSet.workers) {
    if (!worker.isFar || worker.batches.size <= DEPTH) continue
    let ms = 0
    let count = 0
    for (const batch of worker.batches.values()) {
      const isInTheWay = ++count > DEPTH && ms >= FAR_MS && waiting.some((job) => job !== batch.job)
      if (isInTheWay && !batch.revoking) void worker.revoke(batch)
      else ms += batch.pending * batch.job.sizer.msPerItem
    }
  }
}

function isWorthIt(victim: WorkerHandle, batch: Batch, waiting: number): boolean {
  if (victim.state === 'starting') return false
  return monotonicNow() - victim.heardAt >= QUIET_MS || waiting * batch.job.sizer.msPerItem > WORTH_MS
}
