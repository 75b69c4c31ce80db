import type { Beacon } from '../wire/protocol/beacon.ts'
import type { WorkerPort } from '../wire/protocol/frames.ts'
import type { RemoteCacheClient } from './remote-cache-client.ts'

/** What a worker is told when it begins. */
export interface WorkerAssignment {
  readonly id: number
  readonly slot: number
  readonly port: WorkerPort
}

/** What a worker knows of itself. */
export interface WorkerContext extends WorkerAssignment {
  readonly beacon: Beacon
  readonly remoteCache: RemoteCacheClient
}
