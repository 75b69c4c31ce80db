import { describeDeath, type WorkerDeath } from '../../errors/task-errors.ts'
import { ModuleLoadError } from '../../errors/worker-errors.ts'
import type { ResultReader } from '../../observe/attempt-columns.ts'
import type { BundleRules } from '../../task/bundle.ts'
import type { TaskFunction } from '../../task/task-function.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import type { LoadedFrame, LoadFrame, StepsOfTask } from '../../wire/protocol/frames.ts'
import { Median } from '../jobs/median.ts'
import type { RemoteCache } from './remote-cache.ts'

/** A function is given up after this many workers in a row died while they loaded it. */
const MAX_DEATHS = 2
/** The same for workers that were killed, which may have come from outside. */
const MAX_KILLS = 8

/** The part of a function that threw, and the value that it threw. */
export interface Located {
  readonly name: string
  readonly thrown: unknown
}

/** The parts of a prepared function, beside the frame that loads it in a worker. */
export interface PreparedParts {
  /** Classes whose instances may come back. */
  readonly classes: ClassRegistry | undefined
  /** The steps that it is made of, if that is known before a worker has it. */
  readonly steps?: StepsOfTask | undefined
  /** Looks up and stores the results of its steps, for workers that cannot. */
  readonly remoteCache?: RemoteCache | undefined
  /** Finds the part that threw, if the function is made of several. */
  readonly locate?: ((thrown: unknown) => Located | undefined) | undefined
  /** Returns true if a result came from a cache in the worker. */
  readonly results?: ResultReader | undefined
  /** Workers keep it when the run is over: nothing of the run is in it, or it lives as long as the pool. */
  readonly lasting: boolean
  /** The user's function and constants, if it is one that can be called by itself. */
  readonly source?: FunctionSource | undefined
  /** Rules by which inputs are put together for its calls, if it is batched and that is known here. */
  readonly bundle?: BundleRules | undefined
}

/** A function, with the constants that come after the arguments of each call. */
export interface FunctionSource {
  readonly fn: TaskFunction
  readonly args: readonly unknown[]
}

/** A function that can be sent to workers: its number, and the frame that loads it. */
export class PreparedFunction {
  readonly load: LoadFrame
  readonly classes: ClassRegistry | undefined
  readonly remoteCache: RemoteCache | undefined
  readonly locate: ((thrown: unknown) => Located | undefined) | undefined
  readonly results: ResultReader | undefined
  readonly source: FunctionSource | undefined
  #steps: StepsOfTask | undefined
  #bundle: BundleRules | undefined
  #lasting: boolean
  #durations: Median | undefined
  /** Workers in a row that died while they loaded it. */
  #deaths = 0
  #failed: unknown

  constructor(load: LoadFrame, parts: PreparedParts) {
    this.load = load
    this.classes = parts.classes
    this.remoteCache = parts.remoteCache
    this.locate = parts.locate
    this.results = parts.results
    this.source = parts.source
    this.#steps = parts.steps
    this.#bundle = parts.bundle
    this.#lasting = parts.lasting
  }

  get id(): number {
    return this.load.fn
  }

  get name(): string {
    return this.load.name
  }

  /** The steps that it is made of, once they are known. */
  get steps(): StepsOfTask | undefined {
    return this.#steps
  }

  /** Rules by which inputs are put together for its calls; undefined if each has its own, or while only workers know. */
  get bundle(): BundleRules | undefined {
    return this.#bundle
  }

  /** True if one of its steps has a timeout. */
  get hasTimeLimits(): boolean {
    return this.#steps?.limits.some((limit) => limit !== undefined) === true
  }

  /** Workers keep it when the run is over. */
  get lasting(): boolean {
    return this.#lasting
  }

  /** Run times of its tasks that succeeded, in milliseconds. */
  get durations(): Median {
    return (this.#durations ??= new Median())
  }

  /** The error because of which no worker can load it; undefined if there is none. */
  get failed(): unknown {
    return this.#failed
  }

  /** Called when a worker has loaded it, with facts that only the worker knows. */
  loaded({ stateful, steps, bundle }: Pick<LoadedFrame, 'stateful' | 'steps' | 'bundle'>): void {
    this.#deaths = 0
    // An exported class that was not known here to be one: its instance is unloaded with the run.
    if (stateful && this.load.role === 'task') this.#lasting = false
    if (steps !== undefined) this.#steps = steps
    if (bundle !== undefined) this.#bundle = bundle
  }

  /**
   * Called when a worker died while it loaded it. One death may be chance, and a worker may have been killed from outside,
   * so the function is given up only after several. Returns the error if it is given up now.
   */
  diedLoading(death: WorkerDeath): ModuleLoadError | undefined {
    const wasKilled = death.reason === 'heartbeat' || death.signal === 'SIGKILL' || death.signal === 'SIGTERM'
    if (++this.#deaths < (wasKilled ? MAX_KILLS : MAX_DEATHS)) return undefined
    return new ModuleLoadError(
      `"${this.name}" cannot be loaded: the worker ended while its module was loaded (${describeDeath(death)})`,
      { module: this.name },
    )
  }

  /** Called when no worker can load it. */
  fail(error: unknown): void {
    this.#failed = error
  }
}
