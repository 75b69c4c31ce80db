import { WorkerCrashedError, type WorkerDeath } from '../errors/worker-crashed-error.ts'
import type { RunningItem } from '../wire/beacon.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import type { PoolWorker } from './pool-worker.ts'
import { failureOf } from './task-failure.ts'

/**
 * Decides what happens to the entries of a worker that died.
 *
 * The one that ran is charged; if several may have run, all are suspects, and run alone until it is clear which it was.
 * All others go back as if nothing had happened.
 */
export function settleDeath(worker: PoolWorker, death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
  const batches = [...worker.batches.values()]
  const able = batches.filter((batch) => worker.canRun(batch))
  const accused = worker.killed ? [] : accusedOf(able, running)
  const certain = accused.length === 1 && (running !== undefined || accused[0]?.batch?.entries.length === 1)
  for (const entry of accused) charge(entry, death, worker, certain)
  for (const batch of batches) {
    batch.job.putBack(batch.releaseFrom(0))
    worker.finish(batch)
    batch.job.flush()
  }
}

/** Who may have done it. */
function accusedOf(batches: readonly Batch[], running: readonly RunningItem[] | undefined): Entry[] {
  if (running !== undefined) {
    return running.flatMap((item) => batches.find((batch) => batch.id === item.batch)?.entry(item.offset) ?? [])
  }
  // Tasks run in the order of their batches, and outcomes are sent as they come.
  const [first] = batches
  if (first === undefined) return []
  const candidates = first.job.options.concurrency === 1 ? [first] : batches
  return candidates.flatMap((batch) => batch.entries.filter((entry) => entry.batch === batch))
}

function charge(entry: Entry, death: WorkerDeath, worker: PoolWorker, certain: boolean): void {
  const batch = entry.batch as Batch
  const { job } = batch
  batch.release(entry)
  entry.attempts++
  entry.deaths++
  const error = (): WorkerCrashedError => new WorkerCrashedError(failureOf(entry, worker), death)
  if (entry.transfer !== undefined || (certain && entry.deaths > entry.policy.workerDeaths)) job.reject(entry, error())
  // With the last life, or under suspicion, it runs where it can harm nobody else.
  else if (!certain || entry.deaths === entry.policy.workerDeaths) job.suspect([entry])
  else job.putBack([entry])
}
