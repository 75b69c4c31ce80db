import { WorkerCrashedError, type WorkerDeath } from '../../errors/task-errors.ts'
import { monotonicNow } from '../../util/time.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { Item } from '../jobs/item.ts'
import { type Timing, timingOf } from '../jobs/job-observers.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { failureOf } from './task-failure.ts'

/** A task that may have killed its worker. */
interface Suspect {
  readonly batch: Batch
  readonly item: Item
  /** The step that it was in. */
  readonly step: number | undefined
  /** The time at which it began, as far as that is known. */
  readonly timing: Timing
}

/**
 * Decides what happens to the inputs of a worker that died.
 *
 * The one that ran is charged; if several may have run, all are suspects, and run alone until it is clear which it was.
 * All others are requeued uncharged.
 */
export function settleDeath(
  worker: WorkerHandle,
  death: WorkerDeath,
  running: readonly RunningItem[] | undefined,
): void {
  const batches = [...worker.batches.values()]
  const able = batches.filter((batch) => worker.canRun(batch))
  const suspects = worker.killed ? [] : suspectsOf(able, running, worker)
  const certain = suspects.length === 1 && (running !== undefined || suspects[0]?.batch.chunk.length === 1)
  for (const suspect of suspects) charge(suspect, death, worker, certain)
  tellRequeued(worker, running ?? [])
  for (const batch of batches) {
    batch.job.requeue(batch.takeFrom(0))
    worker.finish(batch)
  }
}

/** Tells observers of tasks that had begun and are not charged: their worker was ended for another reason. */
function tellRequeued(worker: WorkerHandle, running: readonly RunningItem[]): void {
  const now = monotonicNow()
  for (const { batch: id, offset, startedAt } of running) {
    const batch = worker.batches.get(id)
    const item = batch?.peek(offset)
    if (batch === undefined || item === undefined) continue
    const timing = timingOf(startedAt, now)
    batch.job.options.observers.requeued(batch.chunk, offset, worker.ref(), item.attempts + 1, timing)
  }
}

/** Takes the items that may have killed the worker out of their batches. */
function suspectsOf(
  batches: readonly Batch[],
  running: readonly RunningItem[] | undefined,
  { heardAt, isFar }: WorkerHandle,
): Suspect[] {
  if (running !== undefined) {
    const now = monotonicNow()
    return running.flatMap(({ batch: id, offset, step, startedAt }) => {
      const batch = batches.find((one) => one.id === id)
      const item = batch?.take(offset)
      return batch === undefined || item === undefined ? [] : { batch, item, step, timing: timingOf(startedAt, now) }
    })
  }
  // Exclusive batches run one after the other; all other batches may have run beside each other, before them. No item can
  // have begun before the worker's last message.
  const timing = timingOf(heardAt, monotonicNow())
  const exclusive = batches.filter((batch) => batch.isExclusive)
  // Of a worker here only the oldest can have run. On other machines results wait until half of the batches are done.
  const begun = new Set(exclusive.slice(0, isFar ? Math.ceil(exclusive.length / 2) : 1))
  const candidates = batches.filter((batch) => !batch.isExclusive || begun.has(batch))
  return candidates.flatMap((batch) => batch.takeFrom(0).map((item) => ({ batch, item, step: undefined, timing })))
}

function charge(
  { batch, item, step, timing }: Suspect,
  death: WorkerDeath,
  worker: WorkerHandle,
  certain: boolean,
): void {
  const { job } = batch
  item.attempts++
  item.deaths++
  const allowed = item.policy.workerDeaths ?? worker.deathsAllowed
  const guilty = certain && item.deaths > allowed
  const error = (): WorkerCrashedError => new WorkerCrashedError(failureOf(item, worker, step), death)
  if (guilty || item.transfer !== undefined) job.reject(item, error(), timing)
  else {
    // After its last allowed death, or under suspicion, it runs alone, where it can harm no other task.
    job.crashed(item, error(), certain && item.deaths < allowed, timing)
  }
}
