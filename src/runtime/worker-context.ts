import type { WorkerPort } from './worker-port.ts'

/** What a worker knows of itself. */
export interface WorkerContext {
  readonly id: number
  readonly slot: number
  readonly port: WorkerPort
}
