import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

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

/** The backend failed for a reason other than the tasks. */
export class BackendError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_BACKEND', message, details)
  }

  static {
    brand(this, 'BackendError')
  }
}
