import type { ShipOptions } from '../pool/function-shipper.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import type { Places } from '../pool/places.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { HostSettings } from '../settings/host-settings.ts'
import type { TaskFunction } from '../task/task-function.ts'

/** Where runs get their workers from: a pool, or the process-wide workers. */
export interface RunHost {
  /** Workers that a run may use at most. */
  readonly workers: number
  /** What it says for its runs: before the defaults, after a run's own options. */
  readonly own: HostSettings
  /** Room for single tasks that wait for a worker. */
  readonly places: Places
  /** Runs in each worker before anything else. */
  readonly init?: (() => unknown) | undefined
  /** Throws where no more runs are taken. */
  open(): void
  /** The scheduler; at once where it is there already. */
  scheduler(): Scheduler | Promise<Scheduler>
  ship(fn: TaskFunction, options: ShipOptions): Promise<readonly FunctionUse[]>
  /** Something runs until `leave` is called with it: closing waits for it. */
  enter(run: Abortable): void
  leave(run: Abortable): void
}

/** Something that can be ended from outside. */
export interface Abortable {
  abort(reason: unknown): void
}
