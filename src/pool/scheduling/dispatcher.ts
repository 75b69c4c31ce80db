import { SerializationError } from '../../errors/task-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import type { LogFrame } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from '../jobs/chunk.ts'
import { ItemChunk } from '../jobs/item-chunk.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'
import type { WorkerRef } from '../observer.ts'
import { Median } from '../outcomes/durations.ts'
import { failureOf } from '../outcomes/task-failure.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { WorkerSet, type WorkerSetOptions } from '../workers/worker-set.ts'
import { Demand } from './demand.ts'
import { FrameHandler } from './frame-handler.ts'
import { byTurn, LARGE_SET, startingWorkTime, type Turn, LeastLoaded, mayUse, mayUseAnother } from './placement.ts'
import { Supervisor } from './supervisor.ts'

/** With more jobs than this, what workers say is looked at once for all that came together. */
const MANY_JOBS = 16

export interface DispatcherOptions extends WorkerSetOptions {
  /** Milliseconds that a worker may take to make a function ready. */
  readonly initTimeout: number
  /** Milliseconds that a worker may take to come up; a minute where nothing is said. */
  readonly startTimeout?: number
  /** Tasks after which a worker is replaced. */
  readonly maxTasks: number
  /** Bytes of memory above which a worker is replaced; at twice as many it is stopped. */
  readonly maxMemory: number
  /** A task that has been at it for so many milliseconds without a limit is warned of, once. */
  readonly warnAfter: number
  /** Takes what workers print that belongs to no run. */
  readonly onStrayLog: (frame: LogFrame) => void
  /** Takes errors that came after their task had its outcome. */
  readonly onLateError: (error: unknown, task: { name: string; index: number } | undefined, worker: WorkerRef) => void
}

/**
 * Shares workers out among jobs: whenever a worker has room it gets a batch of the job whose turn it is.
 *
 * What frames mean is in `inbox`, who is to blame for a death in `deaths`, what an outcome means in `settle`, what takes
 * too long or should be taken back in `monitor`.
 */
export class Dispatcher {
  readonly options: DispatcherOptions
  readonly workerSet: WorkerSet
  readonly supervisor: Supervisor
  /** What jobs did that are over. */
  readonly totals: { done: number; failed: number; retried: number; readonly durations: Median } = {
    done: 0,
    failed: 0,
    retried: 0,
    durations: new Median(),
  }
  readonly #jobs = new Set<Job>()
  readonly #demand: Demand | undefined
  readonly #leastLoaded = new LeastLoaded()
  #pumpsSoon = false
  #pumping = false
  #pumpAgain = false

  constructor(size: number, options: DispatcherOptions) {
    this.options = options
    this.workerSet = new WorkerSet(size, options, new FrameHandler(this))
    this.supervisor = new Supervisor(this)
    const { room } = options.backend
    if (room !== undefined) this.#demand = new Demand(room, this)
  }

  get jobs(): ReadonlySet<Job> {
    return this.#jobs
  }

  /** Work will come soon: a first worker can start while it is prepared. */
  warmUp(): void {
    this.#demand?.update(true)
    if (this.workerSet.workers.length > 0 || !this.workerSet.hasRoom) return
    this.#startWorker()
    this.workerSet.watchIdle()
  }

  /** Takes a job up; its items go to workers as there is room. */
  add(job: Job): void {
    this.refreshEnvironment()
    job.workTime = startingWorkTime([...this.#jobs])
    this.#jobs.add(job)
    job.onWork(() => this.pumpSoon())
    this.pumpSoon()
  }

  /** Tells workers of changes in this process's environment variables, where they do not see them by themselves. */
  refreshEnvironment(): void {
    if (this.options.backend.capabilities.liveEnvironment || this.workerSet.workers.length === 0) return
    this.workerSet.setEnvironment({ ...process.env, ...this.options.env } as Record<string, string>)
  }

  /** A job is over: what still runs for it is stopped, and its functions leave the workers. */
  remove(job: Job, reason: unknown): void {
    job.stop()
    if (this.#jobs.delete(job)) {
      this.totals.done += job.done
      this.totals.failed += job.failed
      this.totals.retried += job.retried
    }
    for (const worker of this.workerSet.workers) {
      for (const batch of worker.batches.values()) if (batch.job === job) this.supervisor.abandon(worker, batch, reason)
    }
    this.unload([...job.functions].filter((fn) => !fn.lasting))
    this.workerSet.watchIdle()
    this.pump()
  }

  /** A job goes on elsewhere. */
  detach(job: Job): void {
    this.#jobs.delete(job)
  }

  /** Functions leave the workers, with all that they captured. */
  unload(functions: readonly PreparedFunction[]): void {
    for (const worker of this.workerSet.workers) for (const fn of functions) worker.unload(fn.id)
  }

  /** A function cannot be made ready anywhere: what needs it fails. */
  functionFailed(fn: PreparedFunction, error: unknown): void {
    fn.failed = error
    if (fn.load.role === 'init') return this.failAll(error)
    for (const job of [...this.#jobs]) job.functionFailed(fn)
  }

  /** Stops all workers: `gently` lets stateful ones close what they hold. Resolves when they are gone. */
  async shutDown(gently: boolean): Promise<void> {
    this.workerSet.close()
    this.#demand?.update(false)
    const gone = this.workerSet.allGone()
    if (gently) for (const worker of this.workerSet.workers) this.workerSet.retire(worker)
    else this.workerSet.kill()
    this.supervisor.watch()
    await gone
  }

  /** Changes the number of workers: more are started when there is work, too many stop when they are done. */
  resize(size: number): void {
    this.workerSet.size = size
    this.pump()
  }

  /** Fails all jobs: no worker can be had. */
  failAll(error: unknown): void {
    for (const job of [...this.#jobs]) if (job.options.rescue?.(error) !== true) job.fail(error)
  }

  /** A worker has finished a batch: it may have served long enough. */
  afterBatch(worker: WorkerHandle): void {
    const { maxTasks, maxMemory } = this.options
    if (worker.accepting && (worker.done >= maxTasks || (worker.memory ?? 0) > maxMemory)) this.replace(worker)
    this.workerSet.stopIfDone(worker)
    if (worker.batches.size === 0) this.workerSet.watchIdle()
  }

  /** Takes a worker out of service; what it has not begun goes to others. */
  replace(worker: WorkerHandle): void {
    this.supervisor.takeBackAll(worker)
    this.workerSet.retire(worker)
    this.pump()
  }

  /** The same as `pump`; with many workers or jobs once for all that arrived together. */
  pumpSoon(): void {
    if (this.workerSet.workers.length <= LARGE_SET && this.#jobs.size <= MANY_JOBS) return this.pump()
    if (this.#pumpsSoon) return
    this.#pumpsSoon = true
    setImmediate(() => {
      this.#pumpsSoon = false
      this.pump()
    })
  }

  /** Gives work to all workers that have room, and starts workers for work that finds none. */
  pump(): void {
    this.#pumpAgain = true
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#pumpAgain) {
        this.#pumpAgain = false
        this.#feedAll()
      }
    } finally {
      this.#pumping = false
    }
    this.#demand?.update(this.#jobs.size > 0)
    this.supervisor.watch()
  }

  /** Gives out batches of one job after the other, in turn, until no worker has room for any. */
  #feedAll(): void {
    const turns = this.#jobsInTurn()
    const hasSuspects = turns.some(({ job }) => job.hasSuspects)
    for (const { job, priority } of turns) {
      try {
        // Suspects need workers that have nothing else: while some wait, no other work is to wait in workers.
        while (job.open && this.#feedOne(job, hasSuspects)) {
          // The turns may be others now.
          if (!hasSuspects && job.priority === priority) continue
          this.#pumpAgain = true
          return
        }
        job.endIfDone()
      } catch (error) {
        job.fail(error)
      }
    }
  }

  /** Jobs that may have work for a worker, those that come first at the front. */
  #jobsInTurn(): Turn[] {
    const turns: Turn[] = []
    for (const job of this.#jobs) {
      try {
        // A failure among the outcomes may end the job.
        if (!job.isDrained) job.flush()
        if (job.isDrained) job.endIfDone()
        else if (job.open) turns.push({ job, priority: job.priority })
      } catch (error) {
        job.fail(error)
      }
    }
    return turns.length < 2 ? turns : turns.sort(byTurn)
  }

  /** Gives one batch to one worker; false if none has room for it, or nothing waits. */
  #feedOne(job: Job, onlyIdle: boolean): boolean {
    const worker = this.#workerFor(job, onlyIdle)
    return worker !== undefined && this.#feed(worker, job)
  }

  #workerFor(job: Job, onlyIdle: boolean): WorkerHandle | undefined {
    const { workers } = this.workerSet
    if (job.isDrained) return undefined
    // What has passed a limiter is not to wait in a worker.
    const depth = job.options.limiter === undefined ? undefined : 1
    const fits = (worker: WorkerHandle): boolean =>
      worker.hungryFor(job, depth) && this.#tasksLeft(worker) > 0 && mayUse(job, worker, workers)
    const idle = workers.find((worker) => worker.batches.size === 0 && fits(worker))
    if (idle !== undefined) return idle
    // A worker of its own is better than a second place in another's.
    const started =
      this.workerSet.hasRoom && mayUseAnother(job, workers) && job.hasWork() ? this.#startWorker() : undefined
    return started ?? (onlyIdle ? undefined : this.#leastLoaded.of(workers, fits))
  }

  #startWorker(): WorkerHandle | undefined {
    try {
      return this.workerSet.start()
    } catch (error) {
      this.failAll(error)
      return undefined
    }
  }

  #feed(worker: WorkerHandle, job: Job): boolean {
    if (job.hasSuspects && worker.batches.size === 0) {
      this.#give(worker, job, new ItemChunk([job.takeSuspect() as Item]), true)
      return true
    }
    const chunk = job.take(this.#batchSize(worker, job))
    if (chunk === undefined) return false
    this.#give(worker, job, chunk, false)
    return true
  }

  #batchSize(worker: WorkerHandle, job: Job): number {
    const { concurrency, bursts, maxWorkers } = job.options
    const workers = Math.max(1, Math.min(this.workerSet.reach, maxWorkers))
    const remaining = job.remaining()
    const size =
      bursts && remaining !== undefined ? job.sizer.burst(remaining, workers) : job.sizer.next(remaining, workers)
    const share = concurrency === 1 ? size : Math.max(size, Math.ceil(concurrency / 2))
    return Math.max(1, Math.min(share, this.#tasksLeft(worker)))
  }

  /** How many more tasks a worker may be given before it is replaced. */
  #tasksLeft(worker: WorkerHandle): number {
    const { maxTasks } = this.options
    return maxTasks === Infinity ? Infinity : maxTasks - worker.done - worker.pending
  }

  #give(worker: WorkerHandle, job: Job, chunk: Chunk, alone: boolean): void {
    try {
      worker.give(job, chunk, alone)
    } catch (error) {
      this.#refuse(job, chunk, error)
    }
  }

  /** A message could not be posted: something in it cannot be handed over. */
  #refuse(job: Job, chunk: Chunk, error: unknown): void {
    const items = Array.from({ length: chunk.length }, (_, at) => chunk.item(at))
    const moved = items.filter((item) => item.transfer !== undefined)
    const guilty = moved.length > 0 ? moved : items
    const reason = `cannot be posted: ${messageOf(error)}`
    for (const item of guilty) job.reject(item, new SerializationError(failureOf(item), 'input', reason, 'input'))
    job.requeue(items.filter((item) => !guilty.includes(item)))
  }
}
