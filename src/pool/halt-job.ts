import type { Job } from './job.ts'
import type { Scheduler } from './scheduler.ts'
import { takeBack } from './stealing.ts'

/** `soon` lets running tasks end; `now` stops them. */
export type HaltMode = 'soon' | 'now'

/** Starts nothing more of a job. What waits is aborted, what finished keeps its outcome. */
export function haltJob(scheduler: Scheduler, job: Job, mode: HaltMode, why: string): void {
  job.halt(why)
  for (const worker of scheduler.fleet.workers) {
    for (const batch of worker.batches.values()) {
      if (batch.job !== job) continue
      if (mode === 'soon') {
        if (!batch.revoking) void takeBack(worker, batch)
        continue
      }
      void scheduler.monitor.abort(worker, batch, why)
    }
  }
  job.flush()
}
