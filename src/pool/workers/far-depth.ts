import type { Job } from '../jobs/job.ts'
import { patienceOf } from './patience.ts'

/** Batches in a worker if tasks run one at a time: one runs, one waits there, so that the worker is never idle. */
export const DEPTH = 2
/** Milliseconds of work that a worker on another machine has, so that it is not idle while messages are on their way. */
export const FAR_MS = 32
/** The most batches that it has while it has less work than that, and the items above which it has only `DEPTH`. */
const FAR_DEPTH = 8
const FAR_ITEMS = 64
/** The same if no other job has work that waits. */
const ONLY_DEPTH = 64
const ONLY_ITEMS = 256

/** The work that a worker has. */
export interface HeldWork {
  /** Items without an outcome. */
  readonly pending: number
  /** Milliseconds that they will take, as far as that is known. */
  readonly workMs: number
  /** Returns the number of batches of a job. */
  count(job: Job): number
}

/**
 * Decides how many batches one worker on another machine may have.
 *
 * If only one job has work, the worker has enough to do while as many results as were done wait to be sent (see
 * {@link patienceOf}), and gets more only when a good part is done: one message then carries many batches.
 */
export class FarDepth {
  #isFilling = false

  /** Returns the most batches for a worker to which one of a job is to be added. `isOnly`: no other job has work. */
  of(job: Job, held: HeldWork, isOnly: boolean): number {
    const { msPerItem } = job.sizer
    const patience = isOnly ? patienceOf(job) : 0
    const fullMs = FAR_MS + 2 * patience
    // Tasks that are long, or may be, have their turn, too, if the short ones of another job are many batches.
    if (msPerItem === 0 || msPerItem >= fullMs / DEPTH)
      return held.workMs < FAR_MS && held.count(job) < DEPTH ? FAR_DEPTH : DEPTH
    if (held.workMs >= fullMs || held.pending >= (isOnly ? ONLY_ITEMS : FAR_ITEMS)) this.#isFilling = false
    else if (held.workMs <= fullMs - patience / 2) this.#isFilling = true
    if (!this.#isFilling) return DEPTH
    return isOnly ? ONLY_DEPTH : FAR_DEPTH
  }
}
