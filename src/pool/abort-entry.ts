import type { Job } from './job.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * Ends one entry that a worker has, known by its ticket: it fails with the reason; where it runs its task is stopped.
 * False where no worker has it.
 */
export function abortEntry(scheduler: Scheduler, job: Job, ticket: unknown, reason: unknown): boolean {
  for (const worker of scheduler.fleet.workers) {
    for (const batch of worker.batches.values()) {
      if (batch.job !== job) continue
      for (let at = 0; at < batch.lot.length; at++) {
        const entry = batch.lot.ticket(at) === ticket ? batch.take(at) : undefined
        if (entry === undefined) continue
        job.reject(entry, reason)
        job.flush()
        scheduler.monitor.abandon(worker, batch, reason, at)
        return true
      }
    }
  }
  return false
}
