import { isDeepStrictEqual } from 'node:util'

import type { WorkerDeath } from '../../errors/task-errors.ts'
import { BackendError } from '../../errors/worker-errors.ts'
import type { WorkerRef } from '../../observe/observer.ts'
import { monotonicNow } from '../../util/time.ts'
import { decode } from '../../wire/codec/decode.ts'
import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import {
  type DoneFrame,
  type LateErrorFrame,
  type LoadedFrame,
  type LoadFailedFrame,
  type LogFrame,
  outcomeCount,
  type ReadyFrame,
  type StartedFrame,
  WIRE_VERSION,
  type WorkerFrame,
} from '../../wire/protocol/frames.ts'
import type { Backend, WorkerLink, WorkerSpec, WorkerView } from '../backend/backend.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from '../jobs/chunk.ts'
import type { Job } from '../jobs/job.ts'
import { loadError } from '../outcomes/load-error.ts'
import { Batch, packBatch, transferOf } from './batch.ts'
import { DEPTH, FarDepth } from './far-depth.ts'
import { HeldBatches, type ReadonlyBatches } from './held-batches.ts'
import { HeldFunctions } from './held-functions.ts'
import { patienceOf } from './patience.ts'
import { ProcessHold } from './process-hold.ts'
import { RemoteCacheServer } from './remote-cache-server.ts'
import { type Surroundings, surroundingsNow } from './surroundings.ts'
import { TaskContexts } from './task-contexts.ts'
import type { WorkerObserver } from './worker-observer.ts'

let lastBatch = 0

/** `retiring` takes no more batches; `stopping` has been told to end. */
export type WorkerState = 'starting' | 'ready' | 'retiring' | 'stopping' | 'dead'

/** The host's view of one worker: its state, its batches and functions; sends frames to it and interprets its frames. */
export class WorkerHandle {
  readonly id: number
  readonly slot: number
  /** Answers the worker's requests for results that are cached in this process. */
  readonly remoteCache: RemoteCacheServer
  /** It is on another machine. */
  readonly isFar: boolean
  /** Deaths of workers that a task survives, unless its own policy sets them. */
  readonly deathsAllowed: number
  readonly startedAt: number = monotonicNow()
  /** The time of the last frame from it, or at which it got a batch while it had none. */
  heardAt: number = monotonicNow()
  idleSince: number = monotonicNow()
  /** The time at which it was last looked at. */
  lookedAt = 0
  /** The time at which it last reported its memory. */
  memoryAt = 0
  done = 0
  /** The pool itself ended it: no task is charged with its death. */
  killed = false
  /** It ended by itself before it had come up. */
  diedStarting = false
  /** Keeps the host's process alive, if need be. */
  readonly hold: ProcessHold
  readonly #observer: WorkerObserver<WorkerHandle>
  readonly #link: WorkerLink
  #state: WorkerState = 'starting'
  #memory: number | undefined
  #surroundings: Surroundings
  readonly #batches: HeldBatches
  readonly functions: HeldFunctions = new HeldFunctions()
  readonly #contexts = new TaskContexts(() => this.#batches.all)
  readonly #farDepth = new FarDepth()
  /** The job of the newest batch, to which output between tasks belongs. */
  latestJob: Job | undefined

  constructor(backend: Backend, spec: WorkerSpec, observer: WorkerObserver<WorkerHandle>) {
    this.#observer = observer
    this.id = spec.id
    this.slot = spec.slot
    this.#batches = new HeldBatches(backend.capabilities.parallel)
    this.isFar = backend.capabilities.remote === true
    this.deathsAllowed = backend.capabilities.workerDeaths ?? 1
    this.#surroundings = surroundingsNow(spec.env)
    this.remoteCache = new RemoteCacheServer(backend.capabilities.maxBytes, (frame) => {
      if (this.#state !== 'dead') this.#link.send(frame)
    })
    this.#link = backend.start(this.#contexts.addTo(spec, backend.capabilities), {
      frame: (frame) => this.#receive(frame),
      exit: (death, running) => this.#exited(death, running),
      leaving: () => observer.leaving(this),
    })
    this.hold = new ProcessHold(
      (keepAlive) => {
        if (this.#state !== 'dead') this.#link.hold(keepAlive)
      },
      () => this.#hasAwaitedWork(),
    )
  }

  /** Returns true if someone waits for its batches, or for its answer to them, since other work waits for a worker. */
  #hasAwaitedWork(): boolean {
    if (this.#batches.all.size === 0) return false
    // A connection that does not keep the process alive is not made again when it breaks.
    return this.isFar || this.#batches.isAwaited || this.#observer.workWaits()
  }

  get state(): WorkerState {
    return this.#state
  }

  /** Bytes of memory that it uses, as last reported. */
  get memory(): number | undefined {
    return this.#memory
  }

  get accepting(): boolean {
    return !this.killed && (this.#state === 'starting' || this.#state === 'ready')
  }

  /** The time when a function was last sent to it, or became ready. */
  get loadingSince(): number {
    return this.functions.since
  }

  get isLoading(): boolean {
    return this.functions.isLoading
  }

  /** Its unfinished batches, oldest first. */
  get batches(): ReadonlyBatches {
    return this.#batches.all
  }

  get pending(): number {
    return this.#batches.pending
  }

  /** Returns true if some of its batches are of a job. */
  has(job: Job): boolean {
    return this.#batches.has(job)
  }

  /** Its batches of a job. */
  batchesOf(job: Job): Iterable<Batch> {
    return this.#batches.of(job)
  }

  /**
   * Returns true if it can take another batch of a job (see {@link HeldBatches.hasRoomFor}). `isOnly`: no other job has
   * work that waits.
   */
  hungryFor(job: Job, isOnly: boolean): boolean {
    if (!this.accepting) return false
    // Items that have passed a limiter must start now, not wait in a worker.
    const depth =
      job.options.limiter !== undefined ? 1 : this.isFar ? this.#farDepth.of(job, this.#batches, isOnly) : DEPTH
    return this.#batches.hasRoomFor(job, depth)
  }

  /** Sends it a chunk as a batch. Throws if that cannot be posted; then the worker has none of the items. */
  give(job: Job, chunk: Chunk, alone: boolean): void {
    const own = job.owned?.of(this)
    const functions = own === undefined ? [...chunk.functions()] : [own]
    const isExclusive = alone || this.#batches.runsAlone(job)
    const slot = this.#batches.takeSlot(isExclusive)
    const batch = new Batch(++lastBatch, slot, job, chunk, { alone, isExclusive, own })
    this.#contexts.loading = job.options.context
    try {
      for (const fn of functions) this.load(fn)
      this.#link.send(packBatch(batch, functions, this.isFar ? patienceOf(job) : undefined), transferOf(chunk))
    } catch (error) {
      this.#batches.freeSlot(slot)
      throw error
    }
    if (this.batches.size === 0) this.heardAt = monotonicNow()
    this.#batches.add(batch)
    this.hold.update()
    this.latestJob = job
  }

  get pid(): number | undefined {
    return this.#link.pid
  }

  get host(): string | undefined {
    return this.#link.host
  }

  /** Identifies it in events. */
  ref(): WorkerRef {
    const { pid, host } = this.#link
    return { id: this.id, slot: this.slot, pid, ...(host !== undefined && { host }) }
  }

  /** Names the task that it runs: the first one without an outcome in its oldest batch. */
  currentTask(): string | undefined {
    return this.#batches.currentTask()
  }

  /** Sends it a function, unless it has it. */
  load(fn: PreparedFunction): void {
    if (this.functions.add(fn)) this.#link.send(fn.load)
  }

  unload(fn: number): void {
    this.remoteCache.end(fn)
    if (this.functions.remove(fn) && this.#state !== 'dead') this.#link.send({ type: 'forget', fn })
  }

  /** Returns true if a batch can have begun: all its functions are loaded. */
  canRun(batch: Batch): boolean {
    const functions = batch.own === undefined ? [...batch.chunk.functions()] : [batch.own]
    return this.functions.areReady(functions)
  }

  /** Sends it the caller's surroundings, if they have changed. */
  follow(now: Surroundings): void {
    if (isDeepStrictEqual(now, this.#surroundings)) return
    this.#surroundings = now
    this.#link.send({ type: 'env', ...now })
  }

  /** Removes a batch that is finished, or whose worker has ended. */
  finish(batch: Batch): void {
    this.#batches.remove(batch)
    this.hold.update()
    if (this.batches.size > 0) return
    this.idleSince = monotonicNow()
    this.#stopIfDone()
  }

  /** Takes no more batches, and is stopped once it has none. */
  retire(): void {
    if (!this.accepting) return
    this.#state = 'retiring'
    this.#stopIfDone()
  }

  #stopIfDone(): void {
    if (this.#state !== 'retiring' || this.batches.size > 0) return
    this.#state = 'stopping'
    this.#link.send({ type: 'close' })
  }

  /** Resolves to its state, after frames that it sent before have been read. */
  async view(): Promise<WorkerView> {
    const view = await this.#link.look()
    await new Promise((resolve) => setImmediate(resolve))
    return view
  }

  /** Like `view`, and records the time and its memory. */
  async look(): Promise<WorkerView> {
    const view = await this.view()
    this.lookedAt = monotonicNow()
    if (view.memory !== undefined) this.#remember(view.memory)
    return view
  }

  /** Requeues the items of a batch that it has not begun. Resolves to the number of those that it has. */
  async revoke(batch: Batch): Promise<number> {
    batch.revoking = true
    const begun = await this.#link.revoke(batch.slot, batch.id)
    batch.revoking = false
    // The batch may have ended meanwhile: then nothing is left to requeue.
    if (this.batches.get(batch.id) === batch) batch.job.requeue(batch.takeBack(begun))
    return begun
  }

  /** Requeues all items that it has not begun. */
  revokeAll(): void {
    for (const batch of this.batches.values()) if (!batch.revoking) void this.revoke(batch)
  }

  /** Cancels a running item. */
  cancel(batch: Batch, offset: number, reason: unknown): void {
    this.#link.send({ type: 'cancel', batch: batch.id, offset, reason: encodeThrown(reason) })
  }

  /** Lets it run batches of a job again, which it had stopped at a failure that the host now knows. */
  resume(job: Job): void {
    if (this.#state !== 'dead') this.#link.send({ type: 'resume', group: job.id })
  }

  /** Ends it because it does not come up, which counts as a death of its own. */
  giveUpStart(): void {
    this.#link.kill()
  }

  /** Ends it at once. `exited` follows, and what it had is requeued. */
  kill(): void {
    this.killed = true
    this.#link.kill()
  }

  #receive(frame: WorkerFrame): void {
    this.heardAt = monotonicNow()
    switch (frame.type) {
      case 'done':
        return this.#done(frame)
      case 'ready':
        return this.#ready(frame)
      case 'loaded':
        return this.#loaded(frame)
      case 'load-failed':
        return this.#loadFailed(frame)
      case 'started':
        return this.#started(frame)
      case 'cancelled':
        return this.#observer.cancelled(this, frame.batch, frame.offset)
      case 'recall':
        return void this.remoteCache.ask(frame, this.functions.get(frame.fn))
      case 'keep':
        return this.remoteCache.keep(frame)
      case 'log':
        return this.#printed(frame)
      case 'late-error':
        return this.#lateError(frame)
      case 'closed':
      case 'packed':
        return this.kill()
    }
  }

  #done(frame: DoneFrame): void {
    const batch = this.batches.get(frame.batch)
    if (batch === undefined) return
    this.done += batch.told(outcomeCount(frame))
    if (frame.memory !== undefined) this.#remember(frame.memory)
    this.#observer.done(this, batch, frame)
    // Settling many outcomes takes a while, during which its frames are not read.
    this.heardAt = monotonicNow()
  }

  #remember(memory: number): void {
    this.#memory = memory
    this.memoryAt = monotonicNow()
  }

  #ready({ version }: ReadyFrame): void {
    if (version === WIRE_VERSION) {
      if (this.#state === 'starting') {
        this.#state = 'ready'
        this.functions.begin()
      }
      return this.#observer.ready(this)
    }
    this.kill()
    const message = `a worker speaks version ${version} of the protocol, this package ${WIRE_VERSION}: use one release`
    this.#observer.unusable(new BackendError(message))
  }

  #loaded(frame: LoadedFrame): void {
    this.functions.ready(frame.fn)
    this.functions.get(frame.fn)?.loaded(frame)
  }

  #loadFailed(frame: LoadFailedFrame): void {
    const fn = this.functions.get(frame.fn)
    if (fn === undefined) return
    // The next try starts from the beginning.
    this.functions.remove(fn.id)
    this.#observer.loadFailed(this, fn, loadError(fn, frame))
    // A worker cannot be used without the pool's `init`.
    if (fn.load.role === 'init') this.kill()
  }

  #started(frame: StartedFrame): void {
    const batch = this.batches.get(frame.batch)
    if (batch !== undefined) this.#observer.started(this, batch, batch.peekCall(frame.offset))
  }

  #printed(frame: LogFrame): void {
    const batch = frame.batch === undefined ? undefined : this.batches.get(frame.batch)
    const item = frame.offset === undefined ? undefined : batch?.knownItemAt(frame.offset)
    this.#observer.printed(this, frame, batch?.job ?? this.latestJob, item)
  }

  #lateError(frame: LateErrorFrame): void {
    const fn = frame.task === undefined ? undefined : this.functions.get(frame.task.fn)
    const task = fn === undefined || frame.task === undefined ? undefined : { name: fn.name, index: frame.task.index }
    this.#observer.lateError(this, decode(frame.error.value, frame.error.specials), task)
  }

  #exited(death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
    // No worker was had, so no task is charged and its items go to others.
    if (death.none === true) this.killed = true
    this.diedStarting = this.#state === 'starting' && !this.killed
    this.#state = 'dead'
    this.remoteCache.end()
    this.#observer.exited(this, death, running)
  }
}
