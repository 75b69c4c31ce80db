import { isDeepStrictEqual } from 'node:util'

import type { WorkerDeath } from '../../errors/task-errors.ts'
import { monotonicNow } from '../../util/time.ts'
import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import { type RunningItem, SHOWN_SLOTS, SLOTS } from '../../wire/protocol/beacon.ts'
import type { WorkerFrame } from '../../wire/protocol/frames.ts'
import type { Backend, WorkerLink, WorkerSpec } from '../backend/backend.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from '../jobs/chunk.ts'
import type { Job } from '../jobs/job.ts'
import type { WorkerRef } from '../observer.ts'
import { Batch, packBatch } from './batch.ts'
import { RemoteCacheServer } from './remote-cache-server.ts'

/** Batches per worker where tasks run one at a time: one runs, one waits in the worker, so that it never runs dry. */
const DEPTH = 2
/** The same for a worker on another machine, if the batches are small: no more items, or milliseconds of work, than these. */
const FAR_DEPTH = 8
const FAR_ITEMS = 64
const FAR_MS = 32
/** Slots that can be read from outside are left to batches with a worker to themselves: those have slow items to pass. */
const SHOWN_SPARED = 3

/** What a worker tells the dispatcher. */
export interface WorkerEvents {
  frame(worker: WorkerHandle, frame: WorkerFrame): void
  exit(worker: WorkerHandle, death: WorkerDeath, running: readonly RunningItem[] | undefined): void
  leaving(worker: WorkerHandle): void
}

/** A worker without work holds the process for so long, in milliseconds: to let go and hold again for each call is dear. */
const LINGER_MS = 1

let lastBatch = 0

/** The host's picture of one worker: what it is, what it has been given, what it knows. */
export class WorkerHandle {
  readonly id: number
  readonly slot: number
  readonly link: WorkerLink
  /** What it asks for of results that are kept here. */
  readonly remoteCache: RemoteCacheServer
  /** It is on another machine. */
  readonly isFar: boolean
  /** How often a task may lose its worker, where it does not say itself. */
  readonly deathsAllowed: number
  /** `retiring` takes no more batches; `stopping` has been told to end. */
  state: 'starting' | 'ready' | 'retiring' | 'stopping' | 'dead' = 'starting'
  /** What it has been given and not finished, oldest first. */
  readonly batches: Map<number, Batch> = new Map()
  readonly startedAt: number = monotonicNow()
  /** When it was last heard of, or given something while it had nothing. */
  heardAt: number = monotonicNow()
  /** When it was last looked at. */
  lookedAt = 0
  idleSince: number = monotonicNow()
  /** When it was last told of a function, or made one ready. */
  loadingSince: number = monotonicNow()
  done = 0
  memory: number | undefined
  /** The pool itself ended it: nobody is to blame for its death. */
  killed = false
  #awaited = false
  /** It keeps the process alive. */
  #held = false
  #lingering = false
  #environment: Readonly<Record<string, string>>
  /** Tasks with `concurrency: 1` have its thread to themselves. */
  readonly #isExclusive: boolean
  /** By job, what of it is among the batches. */
  readonly #byJob = new Map<Job, Set<Batch>>()
  /** Batches that run with nothing else. */
  #exclusive = 0
  #hasAlone = false
  readonly #shownSlots: number[] = Array.from({ length: SHOWN_SLOTS }, (_, i) => SHOWN_SLOTS - 1 - i)
  readonly #otherSlots: number[] = []
  /** Slots from here on were never used. */
  #unusedSlot = SHOWN_SLOTS
  readonly #functions = new Map<number, PreparedFunction>()
  /** Functions that it has been told of and has not said to be ready. */
  readonly #unready = new Set<number>()
  /** The job of the newest batch: what it prints between tasks belongs to it. */
  latestJob: Job | undefined

  constructor(backend: Backend, spec: WorkerSpec, events: WorkerEvents) {
    this.id = spec.id
    this.slot = spec.slot
    this.#isExclusive = backend.capabilities.parallel
    this.isFar = backend.capabilities.remote === true
    this.deathsAllowed = backend.capabilities.workerDeaths ?? 1
    this.#environment = { ...process.env, ...spec.env } as Record<string, string>
    this.remoteCache = new RemoteCacheServer(backend.capabilities.maxBytes, (frame) => {
      if (this.state !== 'dead') this.link.send(frame)
    })
    this.link = backend.start(spec, {
      frame: (frame) => events.frame(this, frame),
      exit: (death, running) => events.exit(this, death, running),
      leaving: () => events.leaving(this),
    })
    this.link.hold(false)
  }

  get accepting(): boolean {
    return !this.killed && (this.state === 'starting' || this.state === 'ready')
  }

  get isLoading(): boolean {
    return this.#unready.size > 0
  }

  /** Items given and not finished. */
  get pending(): number {
    return pendingOf(this.batches.values())
  }

  /** Whether some of a job is among its batches. */
  has(job: Job): boolean {
    return this.#byJob.has(job)
  }

  /**
   * Whether it can take another batch of a job. Jobs whose tasks have a worker to themselves have at most `depth` batches
   * here together; each of the others has its own, and `depth` times as many items as may run.
   */
  hungryFor(job: Job, depth: number = this.#depthFor(job)): boolean {
    if (!this.accepting) return false
    if (this.batches.size === 0) return true
    if (this.#hasAlone || this.batches.size >= SLOTS) return false
    const { concurrency } = job.options
    if (this.#runsAlone(job)) return this.#exclusive < depth
    const own = this.#byJob.get(job)
    if (own === undefined) return true
    return concurrency === 1 ? own.size < depth : pendingOf(own) < concurrency * depth
  }

  #runsAlone(job: Job): boolean {
    return this.#isExclusive && job.options.concurrency === 1
  }

  #depthFor({ sizer }: Job): number {
    if (!this.isFar || sizer.msPerItem === 0 || sizer.msPerItem >= FAR_MS / DEPTH) return DEPTH
    return this.pending < FAR_ITEMS && this.pending * sizer.msPerItem < FAR_MS ? FAR_DEPTH : DEPTH
  }

  #takeSlot(isExclusive: boolean): number {
    if (isExclusive || this.#shownSlots.length > SHOWN_SPARED) {
      const slot = this.#shownSlots.pop()
      if (slot !== undefined) return slot
    }
    return this.#otherSlots.pop() ?? this.#unusedSlot++
  }

  #freeSlot(slot: number): void {
    if (slot < SHOWN_SLOTS) this.#shownSlots.push(slot)
    else this.#otherSlots.push(slot)
  }

  /** Hands inputs over. Throws where they cannot be posted; then it has none of them. */
  give(job: Job, chunk: Chunk, alone: boolean): void {
    const own = job.functionFor(this)
    const functions = own === undefined ? [...chunk.functions()] : [own]
    const isExclusive = alone || this.#runsAlone(job)
    const slot = this.#takeSlot(isExclusive)
    const batch = new Batch(++lastBatch, slot, job, chunk, { alone, isExclusive, own })
    try {
      for (const fn of functions) this.load(fn)
      this.link.send(packBatch(batch, functions), chunk.transfer())
    } catch (error) {
      this.#freeSlot(slot)
      throw error
    }
    if (this.batches.size === 0) {
      this.heardAt = monotonicNow()
      this.#hold(true)
    }
    this.#enter(batch)
    this.latestJob = job
  }

  get pid(): number | undefined {
    return this.link.pid
  }

  get host(): string | undefined {
    return this.link.host
  }

  /** It as events name it. */
  ref(): WorkerRef {
    const { pid, host } = this.link
    return { id: this.id, slot: this.slot, pid, ...(host !== undefined && { host }) }
  }

  /** What it is at: the first task without an outcome of its oldest batch. */
  currentTask(): string | undefined {
    for (const batch of this.batches.values()) {
      const at = batch.first()
      if (at < batch.chunk.length) return `${(batch.own ?? batch.chunk.fn(at)).name}[${batch.chunk.index(at)}]`
    }
    return undefined
  }

  /** Makes a function known to it, once. */
  load(fn: PreparedFunction): void {
    if (this.#functions.has(fn.id)) return
    this.#functions.set(fn.id, fn)
    this.#unready.add(fn.id)
    this.loadingSince = monotonicNow()
    this.link.send(fn.load)
  }

  /** It has made a function ready. */
  loaded(fn: number, stateful: boolean): void {
    this.#unready.delete(fn)
    const use = this.#functions.get(fn)
    // An exported class that nobody here knew to be one: its instance goes with its run.
    if (stateful && use?.load.role === 'task') use.lasting = false
    this.loadingSince = monotonicNow()
  }

  /** It could not make a function ready: the next try starts anew. */
  retryLoad(fn: PreparedFunction): void {
    this.#functions.delete(fn.id)
    this.#unready.delete(fn.id)
  }

  unload(fn: number): void {
    this.#unready.delete(fn)
    this.remoteCache.end(fn)
    if (!this.#functions.delete(fn) || this.state === 'dead') return
    this.link.send({ type: 'forget', fn })
  }

  function(id: number): PreparedFunction | undefined {
    return this.#functions.get(id)
  }

  /** Functions that it is making ready. */
  unready(): PreparedFunction[] {
    return [...this.#unready].flatMap((id) => this.#functions.get(id) ?? [])
  }

  /** Whether a batch can have begun. */
  canRun(batch: Batch): boolean {
    const functions = batch.own === undefined ? [...batch.chunk.functions()] : [batch.own]
    return functions.every((fn) => !this.#unready.has(fn.id))
  }

  /** Tells it the caller's environment variables, if they are not those that it has. */
  setEnvironment(env: Readonly<Record<string, string>>): void {
    if (isDeepStrictEqual(env, this.#environment)) return
    this.#environment = env
    this.link.send({ type: 'env', env })
  }

  /** A batch is finished, or the worker is gone. */
  finish(batch: Batch): void {
    this.#leave(batch)
    if (this.batches.size > 0) return
    this.idleSince = monotonicNow()
    this.#letGoSoon()
  }

  #enter(batch: Batch): void {
    this.batches.set(batch.id, batch)
    const own = this.#byJob.get(batch.job)
    if (own === undefined) this.#byJob.set(batch.job, new Set([batch]))
    else own.add(batch)
    if (batch.isExclusive) this.#exclusive++
    if (batch.alone) this.#hasAlone = true
  }

  #leave(batch: Batch): void {
    this.batches.delete(batch.id)
    const own = this.#byJob.get(batch.job)
    if (own?.delete(batch) === true && own.size === 0) this.#byJob.delete(batch.job)
    if (batch.isExclusive) this.#exclusive--
    if (batch.alone) this.#hasAlone = false
    this.#freeSlot(batch.slot)
  }

  /** Somebody waits for its end: until then it keeps the process alive. */
  awaitEnd(): void {
    this.#awaited = true
    this.#hold(true)
  }

  #letGoSoon(): void {
    if (this.#lingering) return
    this.#lingering = true
    setTimeout(() => {
      this.#lingering = false
      if (this.batches.size === 0 && !this.#awaited && this.state !== 'dead') this.#hold(false)
    }, LINGER_MS).unref()
  }

  #hold(keepAlive: boolean): void {
    if (this.#held === keepAlive) return
    this.#held = keepAlive
    this.link.hold(keepAlive)
  }

  /** Tells a running item that it is no longer wanted. */
  cancel(batch: Batch, offset: number, reason: unknown): void {
    this.link.send({ type: 'cancel', batch: batch.id, offset, reason: encodeThrown(reason) })
  }

  /** The failure that made it stop a job's batches is known: those that it is given from now on are to run. */
  resume(job: Job): void {
    if (this.state !== 'dead') this.link.send({ type: 'resume', group: job.id })
  }

  /** Ends it at once; what it had goes back to where it came from. */
  kill(): void {
    this.killed = true
    this.link.kill()
  }
}

function pendingOf(batches: Iterable<Batch>): number {
  let pending = 0
  for (const batch of batches) pending += batch.pending
  return pending
}
