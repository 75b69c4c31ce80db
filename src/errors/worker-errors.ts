import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'
import { TaskError, type TaskFailure } from './task-errors.ts'

/** No worker could be started. */
export class WorkerStartError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_WORKER_START', message, details)
  }

  static {
    brand(this, 'WorkerStartError')
  }
}

/** The constructor or `init` of a stateful worker, or the `init` of a pool, failed. Ends the run; never retried. */
export class WorkerInitError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_WORKER_INIT', message, details)
  }

  static {
    brand(this, 'WorkerInitError')
  }
}

/** A worker cannot load the module of a function, or the module has no such function. Ends the run. */
export class ModuleLoadError extends ManyhandsError {
  readonly module: string
  /** The export that was asked for, if the module itself was loaded. */
  readonly exportName: string | undefined
  /** The exports of the module that are functions. */
  readonly exports: readonly string[]

  constructor(
    message: string,
    details: { module: string; exportName?: string | undefined; exports?: readonly string[]; cause?: unknown },
  ) {
    super('MH_MODULE_LOAD', message, details)
    this.module = details.module
    this.exportName = details.exportName
    this.exports = details.exports ?? []
  }

  static {
    brand(this, 'ModuleLoadError')
  }
}

/** The way in which a worker ended. */
export interface WorkerDeath {
  readonly reason: 'exit' | 'signal' | 'oom' | 'heartbeat'
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  /** The reason why it never started. */
  readonly cause?: Error
  /** True if no worker could be had, so that none has ended. */
  readonly none?: boolean
}

/** A task's worker died while it ran, more often than `workerDeaths` allows. */
export class WorkerCrashedError extends TaskError {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** `'oom'`: out of memory. `'heartbeat'`: it stopped answering. */
  readonly reason: 'exit' | 'signal' | 'oom' | 'heartbeat'

  constructor(failure: TaskFailure, death: WorkerDeath) {
    super(failure, `lost its worker: ${describeDeath(death)}`, 'MH_WORKER_CRASHED')
    this.exitCode = death.exitCode
    this.signal = death.signal
    this.reason = death.reason
  }

  static {
    brand(this, 'WorkerCrashedError')
  }
}

/** Describes a worker's end in words. */
export function describeDeath(death: WorkerDeath): string {
  switch (death.reason) {
    case 'oom':
      return 'it ran out of memory'
    case 'heartbeat':
      return 'it stopped answering'
    case 'signal':
      return `it was ended by ${death.signal ?? 'a signal'}`
    case 'exit':
      if (death.cause !== undefined) return death.cause.message
      return `it exited with code ${death.exitCode ?? 'unknown'}`
  }
}

/** The backend failed for a reason other than the tasks. */
export class BackendError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_BACKEND', message, details)
  }

  static {
    brand(this, 'BackendError')
  }
}
