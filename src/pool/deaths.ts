import { WorkerCrashedError, type WorkerDeath } from '../errors/worker-crashed-error.ts'
import type { RunningItem } from '../wire/beacon.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import type { Job } from './job.ts'
import type { PoolWorker } from './pool-worker.ts'
import { failureOf } from './task-failure.ts'

/** A task that may have killed its worker. */
interface Suspect {
  readonly batch: Batch
  readonly entry: Entry
  /** The step that it was at. */
  readonly step: number | undefined
}

/**
 * Decides what happens to the inputs of a worker that died.
 *
 * The one that ran is charged; if several may have run, all are suspects, and run alone until it is clear which it was.
 * All others go back as if nothing had happened.
 */
export function settleDeath(worker: PoolWorker, death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
  const batches = [...worker.batches.values()]
  const able = batches.filter((batch) => worker.canRun(batch))
  const suspects = worker.killed ? [] : suspectsOf(able, running)
  const certain = suspects.length === 1 && (running !== undefined || suspects[0]?.batch.lot.length === 1)
  for (const suspect of suspects) charge(suspect, death, worker, certain)
  for (const batch of batches) {
    batch.job.putBack(batch.takeFrom(0))
    worker.finish(batch)
    batch.job.flush()
  }
}

/** Takes those that may have done it out of their batches. */
function suspectsOf(batches: readonly Batch[], running: readonly RunningItem[] | undefined): Suspect[] {
  if (running !== undefined) {
    return running.flatMap(({ batch: id, offset, step }) => {
      const batch = batches.find((one) => one.id === id)
      const entry = batch?.take(offset)
      return batch === undefined || entry === undefined ? [] : { batch, entry, step }
    })
  }
  // Tasks run in the order of their batches, and outcomes are sent as they come.
  const [first] = batches
  if (first === undefined) return []
  const candidates = first.job.options.concurrency === 1 ? [first] : batches
  return candidates.flatMap((batch) => batch.takeFrom(0).map((entry) => ({ batch, entry, step: undefined })))
}

function charge({ batch, entry, step }: Suspect, death: WorkerDeath, worker: PoolWorker, certain: boolean): void {
  const { job } = batch
  entry.attempts++
  entry.deaths++
  const allowed = entry.policy.workerDeaths ?? worker.deathsAllowed
  const guilty = certain && entry.deaths > allowed
  const error = (): WorkerCrashedError => new WorkerCrashedError(failureOf(entry, worker, step), death)
  if (guilty || entry.transfer !== undefined) job.reject(entry, error())
  else {
    job.options.attempts?.failed(error(), undefined)
    rerun(job, entry, certain && entry.deaths < allowed)
  }
}

function rerun(job: Job, entry: Entry, amongOthers: boolean): void {
  // With the last life, or under suspicion, it runs where it can harm nobody else.
  if (amongOthers) job.putBack([entry])
  else job.suspect([entry])
}
