import { monotonicNow } from '../../util/time.ts'
import type { Job } from '../jobs/job.ts'

/** The part of its time by which a result may be late on average: of those that wait, the first waits twice as long. */
const SHARE = 0.05
/** Results of a run may wait this long, in milliseconds, however short the run was so far. */
const LEAST_MS = 5
/** And never longer than this: a reader takes them in lumps of so many milliseconds. */
const MOST_MS = 100

/**
 * Returns the milliseconds that results of a job may wait on another machine for others to be sent with.
 *
 * A run is read as a whole: on average its results may be late by a twentieth of the time that it has taken so far; each
 * by 5 ms at least and 100 ms at most. A single call has a caller that waits for it: a twentieth of a call's time, at most
 * 5 ms.
 */
export function patienceOf({ options, sizer, startedAt }: Job): number {
  if (options.bursts) return Math.min(LEAST_MS, sizer.msPerItem * SHARE)
  return Math.min(MOST_MS, Math.max(LEAST_MS, (monotonicNow() - startedAt) * 2 * SHARE))
}
