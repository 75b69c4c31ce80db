import type { Job } from '../jobs/job.ts'
import type { Dispatcher } from './dispatcher.ts'
import { takeBack } from './stealing.ts'

/** `soon` lets running tasks end; `now` stops them. */
export type HaltMode = 'soon' | 'now'

/** Starts nothing more of a job. What waits is aborted, what finished keeps its outcome. */
export function haltJob(dispatcher: Dispatcher, job: Job, mode: HaltMode, why: string): void {
  job.halt(why)
  for (const worker of dispatcher.workerSet.workers) {
    for (const batch of worker.batches.values()) {
      if (batch.job !== job) continue
      if (mode === 'soon') {
        if (!batch.revoking) void takeBack(worker, batch)
        continue
      }
      void dispatcher.supervisor.abort(worker, batch, why)
    }
  }
}

/**
 * Ends one item that a worker has, known by its tag: it fails with the reason; where it runs its task is stopped.
 * False where no worker has it.
 */
export function abortEntry(dispatcher: Dispatcher, job: Job, tag: unknown, reason: unknown): boolean {
  for (const worker of dispatcher.workerSet.workers) {
    for (const batch of worker.batches.values()) {
      if (batch.job !== job) continue
      for (let at = 0; at < batch.chunk.length; at++) {
        const item = batch.chunk.tag(at) === tag ? batch.take(at) : undefined
        if (item === undefined) continue
        job.reject(item, reason)
        dispatcher.supervisor.abandon(worker, batch, reason, at)
        return true
      }
    }
  }
  return false
}
