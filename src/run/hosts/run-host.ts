import type { QueueSlots } from '../../pool/backend/queue-slots.ts'
import type { PrepareOptions } from '../../pool/functions/prepare.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import type { HostSettings } from '../../settings/pool-settings.ts'
import type { TaskFunction } from '../../task/task-function.ts'

/** Where runs get their workers from: a pool, or the process-wide workers. */
export interface RunHost {
  /** Workers that a run may use at most. */
  readonly workers: number
  /** What it says for its runs: before the defaults, after a run's own options. */
  readonly own: HostSettings
  /** Room for single tasks that wait for a worker. */
  readonly slots: QueueSlots
  /** Runs in each worker before anything else. */
  readonly init?: (() => unknown) | undefined
  /** Throws where no more runs are taken. */
  open(): void
  /** The dispatcher; at once where it is there already. */
  dispatcher(): Dispatcher | Promise<Dispatcher>
  prepare(fn: TaskFunction, options: PrepareOptions): Promise<readonly PreparedFunction[]>
  /** Something runs until `leave` is called with it: closing waits for it. */
  enter(run: Abortable): void
  leave(run: Abortable): void
}

/** Something that can be ended from outside. */
export interface Abortable {
  abort(reason: unknown): void
}
