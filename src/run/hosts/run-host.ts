import type { QueueSlots } from '../../pool/backend/queue-slots.ts'
import type { PrepareOptions } from '../../pool/functions/prepare.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import type { HostSettings } from '../../settings/pool-settings.ts'
import type { TaskFunction } from '../../task/task-function.ts'

/** The owner of the workers that a run uses: a pool, or the process as a whole. */
export interface RunHost {
  /** Workers that a run may use at most. */
  readonly workers: number
  /** Tasks run in this thread. */
  readonly isSerial?: boolean
  /** Settings for its runs: a run's own options override them, and they override the defaults. */
  readonly own: HostSettings
  /** Slots for single tasks that wait for a worker. */
  readonly slots: QueueSlots
  /** Runs in each worker before anything else. */
  readonly init?: (() => unknown) | undefined
  /** Throws a `ClosedError` if it takes no more runs. */
  open(): void
  /** Returns the dispatcher, or a promise if it has to be made first. */
  dispatcher(): Dispatcher | Promise<Dispatcher>
  prepare(fn: TaskFunction, options: PrepareOptions): Promise<readonly PreparedFunction[]>
  /** Registers a run until `leave` is called with it: closing the host waits for it. */
  enter(run: Abortable): void
  leave(run: Abortable): void
}

/** Something that can be ended from outside. */
export interface Abortable {
  /** Its callers await each task: a block that ends lets them finish. */
  readonly finishes?: boolean
  abort(reason: unknown): void
  /** The block that it belongs to is over: its end is no error that anyone has to handle. */
  abandon?(): void
}
