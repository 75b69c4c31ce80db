import { monotonicNow } from '../../util/time.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import type { WorkerSet } from '../workers/worker-set.ts'
import { mayUse } from './placement.ts'

/** A worker that was not heard of for so long, in milliseconds, is in a slow task. */
export const QUIET_MS = 5
/** What its worker will have done sooner than this, in milliseconds, is not worth taking back. */
const WORTH_MS = 2

/**
 * Takes items that have not begun back from busy workers while others have nothing to do: those behind a slow item, and
 * the tail of a long batch near the end.
 */
export function steal(fleet: WorkerSet): void {
  const idle = fleet.workers.find((worker) => worker.accepting && worker.batches.size === 0)
  if (idle === undefined && !fleet.hasRoom) return
  for (const victim of fleet.workers) {
    let oldest = true
    for (const batch of victim.batches.values()) {
      const waiting = batch.pending - (oldest ? batch.job.options.concurrency : 0)
      oldest = false
      if (
        waiting > 0 &&
        !batch.revoking &&
        isWorthIt(victim, batch, waiting) &&
        (idle === undefined || mayUse(batch.job, idle, fleet.workers))
      ) {
        void takeBack(victim, batch)
      }
    }
  }
}

function isWorthIt(victim: WorkerHandle, batch: Batch, waiting: number): boolean {
  if (victim.state === 'starting') return false
  return monotonicNow() - victim.heardAt >= QUIET_MS || waiting * batch.job.sizer.msPerItem > WORTH_MS
}

/** Takes back what a worker has not begun of a batch. Resolves to how many items it has begun. */
export async function takeBack(worker: WorkerHandle, batch: Batch): Promise<number> {
  batch.revoking = true
  const begun = await worker.link.revoke(batch.slot, batch.id)
  batch.revoking = false
  // Meanwhile it may have finished, or died: then nothing is left to take.
  if (worker.batches.get(batch.id) === batch) batch.job.requeue(batch.takeFrom(begun))
  return begun
}
