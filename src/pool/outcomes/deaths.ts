import { WorkerCrashedError, type WorkerDeath } from '../../errors/task-errors.ts'
import { monotonicNow } from '../../util/time.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { Item } from '../jobs/item.ts'
import { type Timing, timingOf } from '../jobs/job-observers.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { loseCall, tellAgain } from './fail-call.ts'
import { failureOf } from './task-failure.ts'

/** A call that may have killed its worker. */
interface Suspect {
  readonly batch: Batch
  /** Its items without an outcome. */
  readonly items: readonly Item[]
  /** The number of inputs that it had. */
  readonly inputs: number
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
  const certain =
    suspects.length === 1 && (running !== undefined || suspects[0]?.batch.chunk.length === suspects[0]?.inputs)
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
    if (batch !== undefined) tellAgain(worker, batch, batch.peekCall(offset), timingOf(startedAt, now))
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
      if (batch === undefined) return []
      const [first, end] = batch.callAt(offset)
      const items = batch.takeCall(offset)
      return items.length === 0 ? [] : { batch, items, inputs: end - first, step, timing: timingOf(startedAt, now) }
    })
  }
  // Exclusive batches run one after the other; all other batches may have run beside each other, before them. No item can
  // have begun before the worker's last message.
  const timing = timingOf(heardAt, monotonicNow())
  const exclusive = batches.filter((batch) => batch.isExclusive)
  // Of a worker here only the oldest can have run. On other machines results wait until half of the batches are done.
  const begun = new Set(exclusive.slice(0, isFar ? Math.ceil(exclusive.length / 2) : 1))
  const candidates = batches.filter((batch) => !batch.isExclusive || begun.has(batch))
  return candidates.flatMap((batch) =>
    batch.takeCalls().map((items) => ({ batch, items, inputs: items.length, step: undefined, timing })),
  )
}

function charge(
  { batch, items, inputs, step, timing }: Suspect,
  death: WorkerDeath,
  worker: WorkerHandle,
  isCertain: boolean,
): void {
  const errorOf = (item: Item): WorkerCrashedError => new WorkerCrashedError(failureOf(item, worker, step), death)
  const lives = items[0]?.policy.workerDeaths ?? worker.deathsAllowed
  loseCall({ worker, batch, items, inputs, timing, errorOf, isCertain, lives })
}
