import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** A stateful worker's constructor or `init`, or a pool's `init`, failed. One for the run, never retried. */
export class WorkerInitError extends ManyhandsError {
  constructor(message: string, details?: ErrorDetails) {
    super('MH_WORKER_INIT', message, details)
  }

  static {
    brand(this, 'WorkerInitError')
  }
}
