import { brand } from './manyhands-error.ts'
import { TaskError, type TaskFailure } from './task-error.ts'

/** How a worker ended. */
export interface WorkerDeath {
  readonly reason: 'exit' | 'signal' | 'oom' | 'heartbeat'
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  /** Why it never began. */
  readonly cause?: Error
  /** There was none to be had: nothing has ended. */
  readonly none?: boolean
}

/** A task's worker died under it, more often than `workerDeaths` allows. */
export class WorkerCrashedError extends TaskError {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** `'oom'`: it ran out of memory; `'heartbeat'`: it no longer answered. */
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

/** A worker's end in words. */
export function describeDeath(death: WorkerDeath): string {
  switch (death.reason) {
    case 'oom':
      return 'it ran out of memory'
    case 'heartbeat':
      return 'it no longer answered'
    case 'signal':
      return `it was ended by ${death.signal ?? 'a signal'}`
    case 'exit':
      if (death.cause !== undefined) return death.cause.message
      return `it exited with code ${death.exitCode ?? 'unknown'}`
  }
}
