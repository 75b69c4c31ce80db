import type { CallerContext } from '../../util/caller-context.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from './item.ts'
import type { JobObservers } from './job-observers.ts'
import type { StartLimiter } from './ports.ts'

/** The options of a job. */
export interface JobOptions {
  readonly name: string
  /** The functions that its items call. May grow while the job runs. */
  readonly functions: Set<PreparedFunction>
  readonly priority: number
  /** Async tasks in flight per worker. */
  readonly concurrency: number
  /** The user's own batch size. */
  readonly batch: number | undefined
  /** Largest batch if the user sets no size. Default: 1024. */
  readonly maxBatch?: number | undefined
  /** Milliseconds that a batch should take in a worker. Default: 4. */
  readonly batchMs?: number | undefined
  /** Most workers that work on it at once. */
  readonly maxWorkers: number
  /** Each worker gets a function of its own from these. */
  readonly perWorker: readonly PreparedFunction[] | undefined
  /** Its items are calls that came one by one: all that wait are sent at once. */
  readonly bursts: boolean
  /** Some of its tasks have a timeout. */
  readonly hasTimeouts: boolean
  /** Timeouts in medians use the median of their own function's tasks, not that of all tasks. */
  readonly mediansApart?: boolean
  /** True if a function that cannot be loaded fails the job; else only the items that call it fail. */
  readonly failsWhole: boolean
  /** The context in which everything of the caller is called: inputs, callbacks, tasks that run in this thread. */
  readonly context: CallerContext
  /** Called with the events of the job. */
  readonly observers: JobObservers
  /** Output has to be told before the outcome of its task, in the order of the inputs. */
  readonly ordersOutput: boolean
  /** Asked before tasks are started. */
  readonly limiter?: StartLimiter | undefined
  /** Returns true if a task's failure ends the job now: a worker with a failure then begins no more of its items. */
  readonly failureEnds?: (() => boolean) | undefined
  /**
   * Called before an item fails for good; returns true if it runs in this thread instead. Then `Job.fulfil` or
   * `Job.reject` is called with its outcome.
   */
  readonly runHere?: ((item: Item, error: unknown) => boolean) | undefined
  /** Called before the job fails as a whole; returns true if another dispatcher takes it over. */
  readonly rescue?: ((error: unknown) => boolean) | undefined
}
