import { describeDeath, type WorkerDeath } from '../../errors/task-errors.ts'
import { WorkerStartError } from '../../errors/worker-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { timerDelay, monotonicNow } from '../../util/time.ts'
import { MAX_CONCURRENCY } from '../../wire/protocol/beacon.ts'
import type { Backend, ResourceLimits } from '../backend/backend.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import { requireFolder, type Surroundings } from './surroundings.ts'
import { WorkerHandle } from './worker-handle.ts'
import type { WorkerObserver } from './worker-observer.ts'

export { MAX_CONCURRENCY }

/** Most workers that come up at the same time: if thousands did, each would take too long. */
const MAX_STARTING = 128
/** The pool gives up after this many workers in a row died before they were ready, if no other is left. */
const MAX_FAILED_STARTS = 3

/** Pause after the first failed attempt to start one more worker, in milliseconds. */
const PAUSE_MS = 1_000
/** Each pause is twice as long as the one before, up to this, in milliseconds. */
const MAX_PAUSE_MS = 30_000

/** The settings with which the workers of a pool are started. */
export interface WorkerSetOptions {
  readonly backend: Backend
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly execArgv?: readonly string[] | undefined
  readonly resourceLimits?: ResourceLimits | undefined
  /** Runs once in each worker, before anything else. */
  readonly init?: PreparedFunction | undefined
  /** Milliseconds after which a worker that has nothing to do is stopped. */
  readonly idleTimeout: number
}

/** The workers of a pool: started when there is work for them, replaced when they die, stopped when long idle. */
export class WorkerSet {
  readonly #options: WorkerSetOptions
  readonly #observer: WorkerObserver<WorkerHandle>
  readonly #workers: WorkerHandle[] = []
  /** True for each slot that a worker has. */
  readonly #taken: boolean[] = []
  #size: number
  #lastId = 0
  #failedStarts = 0
  #idleTimer: NodeJS.Timeout | undefined
  #pause = PAUSE_MS
  /** No worker is started before this time while there are others: the last attempt failed. */
  #pausedUntil: number | undefined
  #onGone: (() => void)[] = []
  /** Workers that were replaced. */
  restarts = 0

  constructor(size: number, options: WorkerSetOptions, observer: WorkerObserver<WorkerHandle>) {
    this.#size = size
    this.#options = options
    this.#observer = observer
  }

  /** All workers that have not ended. */
  get workers(): readonly WorkerHandle[] {
    return this.#workers
  }

  get size(): number {
    return this.#size
  }

  set size(size: number) {
    this.#size = size
    for (const worker of this.#workers.filter((w) => w.accepting).slice(size)) worker.retire()
  }

  /** Number of workers that there can be now; on remote backends it may be less than `size`. */
  get reach(): number {
    const { room } = this.#options.backend
    return room === undefined ? this.#size : Math.min(this.#size, this.#workers.length + room.free)
  }

  /** True if another worker may be started. */
  get hasRoom(): boolean {
    if (this.#pausedUntil !== undefined && this.#workers.length > 0) return false
    if (this.#options.backend.room?.free === 0) return false
    let accepting = 0
    let starting = 0
    for (const worker of this.#workers) {
      if (worker.accepting) accepting++
      if (worker.state === 'starting') starting++
    }
    return accepting < this.#size && starting < MAX_STARTING
  }

  /**
   * Starts one more worker. If that fails, the pool continues with those that it has, and tries again later. Throws a
   * `WorkerStartError` if it has none.
   */
  start(): WorkerHandle | undefined {
    try {
      return this.#start()
    } catch (cause) {
      if (this.#workers.length === 0) {
        if (cause instanceof WorkerStartError) throw cause
        throw new WorkerStartError(`no worker can be started: ${messageOf(cause)}`, { cause })
      }
      this.#waitBeforeNext()
      return undefined
    }
  }

  #waitBeforeNext(): void {
    if (this.#pausedUntil !== undefined) return
    this.#pausedUntil = monotonicNow() + this.#pause
    this.#pause = Math.min(this.#pause * 2, MAX_PAUSE_MS)
  }

  /** Ends a pause that is over. Returns true if one has ended: then another worker can be tried. */
  endPause(now: number): boolean {
    if (this.#pausedUntil === undefined || now < this.#pausedUntil) return false
    this.#pausedUntil = undefined
    return true
  }

  #start(): WorkerHandle {
    const { backend, env, execArgv, resourceLimits, init } = this.#options
    const slot = this.#freeSlot()
    const spec = { id: ++this.#lastId, slot, concurrency: MAX_CONCURRENCY, env, execArgv, resourceLimits }
    if (backend.capabilities.parallel && backend.capabilities.remote !== true) requireFolder()
    const worker = new WorkerHandle(backend, spec, this.#observer)
    this.#workers.push(worker)
    this.#taken[slot] = true
    if (init !== undefined) worker.load(init)
    return worker
  }

  /**
   * Brings the surroundings of all workers up to date. New workers have those of their start.
   *
   * @throws {WorkerStartError} if the working directory was removed.
   */
  follow(now: Surroundings): void {
    if (now.cwd === undefined) requireFolder()
    for (const worker of this.#workers) worker.follow(now)
  }

  /** Called when a worker is ready. */
  cameUp(): void {
    this.#failedStarts = 0
    if (this.#pausedUntil === undefined) this.#pause = PAUSE_MS
  }

  /** Called when a worker has ended. Returns an error if none is left and the last `MAX_FAILED_STARTS` did not come up. */
  gone(worker: WorkerHandle, death: WorkerDeath): WorkerStartError | undefined {
    this.#workers.splice(this.#workers.indexOf(worker), 1)
    this.#taken[worker.slot] = false
    if (!worker.killed) this.restarts++
    if (this.#workers.length === 0) for (const resolve of this.#onGone.splice(0)) resolve()
    if (!worker.diedStarting) return undefined
    if (this.#workers.every(({ state }) => state === 'starting')) this.#failedStarts++
    if (this.#workers.length > 0) {
      this.#waitBeforeNext()
      return undefined
    }
    if (this.#failedStarts < MAX_FAILED_STARTS) return undefined
    this.#failedStarts = 0
    return new WorkerStartError(
      `no worker can be started: the last ${MAX_FAILED_STARTS} ended before they were ready (${describeDeath(death)})`,
      { cause: death.cause },
    )
  }

  /** Called when a worker may have become idle: it is stopped after `idleTimeout` without work. */
  watchIdle(): void {
    const { idleTimeout } = this.#options
    if (idleTimeout === Infinity || this.#idleTimer !== undefined) return
    const idle = this.#workers.filter(({ accepting, batches }) => accepting && batches.size === 0)
    if (idle.length === 0) return
    const since = Math.min(...idle.map(({ idleSince }) => idleSince))
    this.#idleTimer = setTimeout(
      () => {
        this.#idleTimer = undefined
        const until = monotonicNow() - idleTimeout + 1
        for (const worker of [...this.#workers])
          if (worker.batches.size === 0 && worker.idleSince <= until) worker.retire()
        this.watchIdle()
      },
      timerDelay(Math.max(0, since + idleTimeout - monotonicNow())),
    ).unref()
  }

  /** Starts no more workers. */
  close(): void {
    this.#size = 0
  }

  /** Resolves when no worker is left. They keep the process alive until then. */
  allGone(): Promise<void> {
    for (const worker of this.#workers) worker.hold.awaitEnd()
    return this.#workers.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#onGone.push(resolve))
  }

  /** Ends all workers at once. */
  kill(): void {
    clearTimeout(this.#idleTimer)
    for (const worker of this.#workers) worker.kill()
  }

  #freeSlot(): number {
    const free = this.#taken.indexOf(false)
    return free === -1 ? this.#taken.length : free
  }
}
