import type { Attempts } from './attempts.ts'
import type { PoolEvents } from './events.ts'
import type { FunctionUse } from './function-use.ts'
import type { Gate } from './gate.ts'
import type { LogSink } from './log-sink.ts'

/** What a job is about, and the rules for it. */
export interface JobOptions {
  readonly name: string
  readonly priority: number
  /** Async tasks in flight per worker. */
  readonly concurrency: number
  /** The user's own batch size. */
  readonly batch: number | undefined
  /** Most workers that work on it at once. */
  readonly maxWorkers: number
  /** Each worker gets a function of its own from these. */
  readonly perWorker: readonly FunctionUse[] | undefined
  /** Its entries are calls that came one by one: all that wait leave at once. */
  readonly bursts: boolean
  /** Tasks of it have a limit in time. */
  readonly hasTimeouts: boolean
  /** Limits go by the median of their own function's tasks, not of all. */
  readonly mediansApart?: boolean
  /** A function that cannot be loaded fails the job; else only the entries that need it. */
  readonly failsWhole: boolean
  readonly events: PoolEvents | undefined
  /** Told of each attempt that has ended. */
  readonly attempts?: Attempts | undefined
  /** Asked before tasks are started. */
  readonly gate?: Gate | undefined
  /** Asked before the job is failed as a whole; true where somebody else takes it over. */
  readonly rescue?: (error: unknown) => boolean
  /** Takes what its tasks print. */
  readonly logs: LogSink
}
