import type { Beacon } from '../wire/protocol/beacon.ts'
import type { WorkerPort } from '../wire/protocol/frames.ts'
import type { Recaller } from './remote-cache-client.ts'
import type { TaskScope } from './scope/task-scope.ts'

/** What a worker is told when it begins. */
export interface WorkerIdentity {
  readonly id: number
  readonly slot: number
  readonly port: WorkerPort
}

/** What a worker knows of itself. */
export interface WorkerContext extends WorkerIdentity {
  readonly beacon: Beacon
  readonly recaller: Recaller
  /** Takes errors that no call is waiting for. */
  readonly runtime: { lateError(error: unknown, scope?: TaskScope): void }
}
