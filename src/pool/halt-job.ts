import { TaskAbortedError } from '../errors/task-aborted-error.ts'
import type { Job } from './job.ts'
import type { Scheduler } from './scheduler.ts'
import { takeBack } from './stealing.ts'
import { failureOf } from './task-failure.ts'

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
      for (const entry of batch.takeFrom(0)) job.reject(entry, new TaskAbortedError(failureOf(entry, worker), why))
      scheduler.monitor.abandon(worker, batch, new DOMException(why, 'AbortError'))
    }
  }
  job.flush()
}
