import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import type { LoadFrame, StepsOfTask } from '../../wire/protocol/frames.ts'
import type { RemoteCache } from '../workers/remote-cache-server.ts'

/** The part of a function that threw, and what. */
export interface Located {
  readonly name: string
  readonly thrown: unknown
}

/** A function that workers of a pool can be given: its number, and the frame that makes it known to a worker. */
export interface PreparedFunction {
  /** Says more of what a task of it threw, where it is made of several. */
  locate?: (thrown: unknown) => Located | undefined
  readonly id: number
  readonly name: string
  readonly load: LoadFrame
  /** Classes whose instances may come back. */
  readonly classes: ClassRegistry | undefined
  /** The steps that it is made of, once that is known. */
  steps: StepsOfTask | undefined
  /** Keeps what its steps give, where workers cannot do that themselves. */
  readonly remoteCache?: RemoteCache | undefined
  /** Workers keep it when the run is over: nothing of the run is in it, or it lives as long as the pool. */
  lasting: boolean
  /** Workers that died while they made it ready, one after the other. */
  deaths: number
  /** Why no worker can make it ready. */
  failed: unknown
}
