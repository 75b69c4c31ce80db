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
