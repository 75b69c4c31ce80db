import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { JobObservers } from './job-observers.ts'
import type { StartLimiter } from './ports.ts'

/** What a job is about, and the rules for it. */
export interface JobOptions {
  readonly name: string
  /** The functions that its items call. May grow while the job runs. */
  readonly functions: Set<PreparedFunction>
  readonly priority: number
  /** Async tasks in flight per worker. */
  readonly concurrency: number
  /** The user's own batch size. */
  readonly batch: number | undefined
  /** Most items that travel together if the user says nothing; undefined: what suits a message between threads. */
  readonly maxBatch?: number | undefined
  /** Most workers that work on it at once. */
  readonly maxWorkers: number
  /** Each worker gets a function of its own from these. */
  readonly perWorker: readonly PreparedFunction[] | undefined
  /** Its items are calls that came one by one: all that wait leave at once. */
  readonly bursts: boolean
  /** Tasks of it have a limit in time. */
  readonly hasTimeouts: boolean
  /** Limits go by the median of their own function's tasks, not of all. */
  readonly mediansApart?: boolean
  /** A function that cannot be loaded fails the job; else only the items that need it. */
  readonly failsWhole: boolean
  /** Told what happens to the job. */
  readonly observers: JobObservers
  /** What is printed must be told before the outcome of its task, in the order of the inputs. */
  readonly ordersOutput: boolean
  /** Asked before tasks are started. */
  readonly limiter?: StartLimiter | undefined
  /** Whether a task's failure ends the job now, so that workers that know of one begin nothing more of it. */
  readonly failureEnds?: (() => boolean) | undefined
  /** Asked before the job is failed as a whole; true where somebody else takes it over. */
  readonly rescue?: ((error: unknown) => boolean) | undefined
}
