import type { Beacon } from '../wire/protocol/beacon.ts'
import type { WorkerPort } from '../wire/protocol/frames.ts'
import type { RemoteCacheClient } from './remote-cache-client.ts'

/** The facts that a worker is started with. */
export interface WorkerAssignment {
  readonly id: number
  readonly slot: number
  readonly port: WorkerPort
}

/** The parts of a worker that its batches use. */
export interface WorkerContext extends WorkerAssignment {
  readonly beacon: Beacon
  readonly remoteCache: RemoteCacheClient
}
