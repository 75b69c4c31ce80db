import { describeDeath, type WorkerDeath } from '../../errors/task-errors.ts'
import { ModuleLoadError } from '../../errors/worker-errors.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import type { LoadedFrame, LoadFrame, StepsOfTask } from '../../wire/protocol/frames.ts'
import { Median } from '../jobs/median.ts'
import type { RemoteCache } from './remote-cache.ts'

/** Deaths in a row of workers that were making a function ready after which the function is given up. */
const MAX_DEATHS = 2
/** The same of deaths that may have come from outside. */
const MAX_KILLS = 8

/** The part of a function that threw, and what. */
export interface Located {
  readonly name: string
  readonly thrown: unknown
}

/** What a prepared function is made of, beside the frame that makes it known to a worker. */
export interface PreparedParts {
  /** Classes whose instances may come back. */
  readonly classes: ClassRegistry | undefined
  /** The steps that it is made of, if that is known before a worker has it. */
  readonly steps?: StepsOfTask | undefined
  /** Keeps what its steps give, if workers cannot do that themselves. */
  readonly remoteCache?: RemoteCache | undefined
  /** Says more of what a task of it threw, if it is made of several functions. */
  readonly locate?: ((thrown: unknown) => Located | undefined) | undefined
  /** Tells if a result came from a cache in the worker, as far as the result says so. */
  readonly isHit?: ((result: unknown) => boolean) | undefined
  /** Workers keep it when the run is over: nothing of the run is in it, or it lives as long as the pool. */
  readonly lasting: boolean
}

/** A function that workers of a pool can be given: its number, and the frame that makes it known to a worker. */
export class PreparedFunction {
  readonly load: LoadFrame
  readonly classes: ClassRegistry | undefined
  readonly remoteCache: RemoteCache | undefined
  readonly locate: ((thrown: unknown) => Located | undefined) | undefined
  readonly isHit: ((result: unknown) => boolean) | undefined
  #steps: StepsOfTask | undefined
  #lasting: boolean
  #durations: Median | undefined
  /** Workers that died while they made it ready, one after the other. */
  #deaths = 0
  #failed: unknown

  constructor(load: LoadFrame, parts: PreparedParts) {
    this.load = load
    this.classes = parts.classes
    this.remoteCache = parts.remoteCache
    this.locate = parts.locate
    this.isHit = parts.isHit
    this.#steps = parts.steps
    this.#lasting = parts.lasting
  }

  get id(): number {
    return this.load.fn
  }

  get name(): string {
    return this.load.name
  }

  /** The steps that it is made of, once that is known. */
  get steps(): StepsOfTask | undefined {
    return this.#steps
  }

  /** One of its steps has a limit in time. */
  get hasTimeLimits(): boolean {
    return this.#steps?.limits.some((limit) => limit !== undefined) === true
  }

  /** Workers keep it when the run is over. */
  get lasting(): boolean {
    return this.#lasting
  }

  /** What tasks of it took that succeeded. */
  get durations(): Median {
    return (this.#durations ??= new Median())
  }

  /** Why no worker can make it ready; undefined if that is not so. */
  get failed(): unknown {
    return this.#failed
  }

  /** A worker has made it ready, and says what no one else knew. */
  loaded({ stateful, steps }: Pick<LoadedFrame, 'stateful' | 'steps'>): void {
    this.#deaths = 0
    // An exported class that was not known here to be one: its instance goes with its run.
    if (stateful && this.load.role === 'task') this.#lasting = false
    if (steps !== undefined) this.#steps = steps
  }

  /**
   * A worker died while it made it ready. Once may be bad luck, and a worker that was killed may have done nothing.
   * Returns an error if it is given up.
   */
  diedLoading(death: WorkerDeath): ModuleLoadError | undefined {
    const wasKilled = death.reason === 'heartbeat' || death.signal === 'SIGKILL' || death.signal === 'SIGTERM'
    if (++this.#deaths < (wasKilled ? MAX_KILLS : MAX_DEATHS)) return undefined
    return new ModuleLoadError(
      `"${this.name}" cannot be loaded: the worker ended while its module was loaded (${describeDeath(death)})`,
      { module: this.name },
    )
  }

  /** No worker can make it ready. */
  fail(error: unknown): void {
    this.#failed = error
  }
}
