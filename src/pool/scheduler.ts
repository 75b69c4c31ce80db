import { SerializationError } from '../errors/serialization-error.ts'
import { messageOf } from '../util/message-of.ts'
import type { LogFrame } from '../wire/frames.ts'
import { Demand } from './demand.ts'
import { EntryLot } from './entry-lot.ts'
import type { Entry } from './entry.ts'
import type { WorkerRef } from './events.ts'
import { byTurn, startingWorkTime } from './fair-share.ts'
import { Fleet, type FleetOptions } from './fleet.ts'
import type { FunctionUse } from './function-use.ts'
import { Inbox } from './inbox.ts'
import type { Job } from './job.ts'
import type { Lot } from './lot.ts'
import { Median } from './median.ts'
import { Monitor } from './monitor.ts'
import { LARGE_FLEET, LeastLoaded, mayUse, mayUseAnother } from './placement.ts'
import type { PoolWorker } from './pool-worker.ts'
import { failureOf } from './task-failure.ts'

export interface SchedulerOptions extends FleetOptions {
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
export class Scheduler {
  readonly options: SchedulerOptions
  readonly fleet: Fleet
  readonly monitor: Monitor
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

  constructor(size: number, options: SchedulerOptions) {
    this.options = options
    this.fleet = new Fleet(size, options, new Inbox(this))
    this.monitor = new Monitor(this)
    const { room } = options.backend
    if (room !== undefined) this.#demand = new Demand(room, this)
  }

  get jobs(): ReadonlySet<Job> {
    return this.#jobs
  }

  /** Work will come soon: a first worker can start while it is prepared. */
  warmUp(): void {
    this.#demand?.update(true)
    if (this.fleet.workers.length > 0 || !this.fleet.hasRoom) return
    this.#startWorker()
    this.fleet.watchIdle()
  }

  /** Takes a job up; its entries go to workers as there is room. */
  add(job: Job): void {
    this.refreshEnvironment()
    const { maxBatch } = this.options.backend.capabilities
    if (maxBatch !== undefined) job.sizer.maxItems = maxBatch
    job.workTime = startingWorkTime([...this.#jobs])
    this.#jobs.add(job)
    job.onWork(() => this.pump())
    this.pump()
  }

  /** Tells workers of changes in this process's environment variables, where they do not see them by themselves. */
  refreshEnvironment(): void {
    if (this.options.backend.capabilities.liveEnvironment || this.fleet.workers.length === 0) return
    this.fleet.setEnvironment({ ...process.env, ...this.options.env } as Record<string, string>)
  }

  /** A job is over: what still runs for it is stopped, and its functions leave the workers. */
  remove(job: Job, functions: readonly FunctionUse[], reason: unknown): void {
    job.stop()
    if (this.#jobs.delete(job)) {
      this.totals.done += job.done
      this.totals.failed += job.failed
      this.totals.retried += job.retried
    }
    for (const worker of this.fleet.workers) {
      for (const batch of worker.batches.values()) if (batch.job === job) this.monitor.abandon(worker, batch, reason)
    }
    this.forget(functions)
    this.fleet.watchIdle()
    this.pump()
  }

  /** A job goes on elsewhere. */
  detach(job: Job): void {
    this.#jobs.delete(job)
  }

  /** Functions leave the workers, with all that they captured. */
  forget(functions: readonly FunctionUse[]): void {
    for (const worker of this.fleet.workers) for (const fn of functions) worker.forget(fn.id)
  }

  /** A function cannot be made ready anywhere: what needs it fails. */
  functionFailed(fn: FunctionUse, error: unknown): void {
    fn.failed = error
    if (fn.load.role === 'init') return this.failAll(error)
    for (const job of [...this.#jobs]) job.functionFailed(fn)
  }

  /** Stops all workers: `gently` lets stateful ones close what they hold. Resolves when they are gone. */
  async shutDown(gently: boolean): Promise<void> {
    this.fleet.close()
    this.#demand?.update(false)
    const gone = this.fleet.allGone()
    if (gently) for (const worker of this.fleet.workers) this.fleet.retire(worker)
    else this.fleet.kill()
    this.monitor.watch()
    await gone
  }

  /** Changes the number of workers: more are started when there is work, too many stop when they are done. */
  resize(size: number): void {
    this.fleet.size = size
    this.pump()
  }

  /** Fails all jobs: no worker can be had. */
  failAll(error: unknown): void {
    for (const job of [...this.#jobs]) if (job.options.rescue?.(error) !== true) job.fail(error)
  }

  /** A worker has finished a batch: it may have served long enough. */
  afterBatch(worker: PoolWorker): void {
    const { maxTasks, maxMemory } = this.options
    if (worker.accepting && (worker.done >= maxTasks || (worker.memory ?? 0) > maxMemory)) this.replace(worker)
    this.fleet.stopIfDone(worker)
    if (worker.batches.size === 0) this.fleet.watchIdle()
  }

  /** Takes a worker out of service; what it has not begun goes to others. */
  replace(worker: PoolWorker): void {
    this.monitor.takeBackAll(worker)
    this.fleet.retire(worker)
    this.pump()
  }

  /** The same as `pump`; in a large fleet once for all that arrived together. */
  pumpSoon(): void {
    if (this.fleet.workers.length <= LARGE_FLEET) return this.pump()
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
    while (this.#pumpAgain) {
      this.#pumpAgain = false
      while (this.#feedOne());
    }
    this.#pumping = false
    this.#demand?.update(this.#jobs.size > 0)
    this.monitor.watch()
  }

  /** Gives one batch to one worker; false where nobody has room, or nothing waits. */
  #feedOne(): boolean {
    const jobs = this.#jobs.size < 2 ? this.#jobs : [...this.#jobs].toSorted(byTurn)
    // Suspects need workers that have nothing else: then no work waits in workers. Nor does what has passed a gate.
    let depth: number | undefined
    for (const job of jobs) if (job.open && job.hasSuspects) depth = 1
    for (const job of jobs) {
      if (!job.open) continue
      const worker = this.#workerFor(job, job.options.gate === undefined ? depth : 1)
      if (worker !== undefined && this.#feed(worker, job)) return true
      job.endIfDone()
    }
    return false
  }

  #workerFor(job: Job, depth: number | undefined): PoolWorker | undefined {
    const { workers } = this.fleet
    if (job.isDrained) return undefined
    const fits = (worker: PoolWorker): boolean =>
      worker.hungryFor(job, depth) && this.#tasksLeft(worker) > 0 && mayUse(job, worker, workers)
    const idle = workers.find((worker) => worker.batches.size === 0 && fits(worker))
    if (idle !== undefined) return idle
    // A worker of its own is better than a second place in another's.
    const started = this.fleet.hasRoom && mayUseAnother(job, workers) && job.hasWork() ? this.#startWorker() : undefined
    return started ?? this.#leastLoaded.of(workers, fits)
  }

  #startWorker(): PoolWorker | undefined {
    try {
      return this.fleet.start()
    } catch (error) {
      this.failAll(error)
      return undefined
    }
  }

  #feed(worker: PoolWorker, job: Job): boolean {
    if (job.hasSuspects && worker.batches.size === 0) {
      this.#give(worker, job, new EntryLot([job.takeSuspect() as Entry]), true)
      return true
    }
    const lot = job.take(this.#batchSize(worker, job))
    if (lot === undefined) return false
    this.#give(worker, job, lot, false)
    return true
  }

  #batchSize(worker: PoolWorker, job: Job): number {
    const { concurrency, bursts, maxWorkers } = job.options
    const workers = Math.max(1, Math.min(this.fleet.reach, maxWorkers))
    const remaining = job.remaining()
    const size =
      bursts && remaining !== undefined ? job.sizer.burst(remaining, workers) : job.sizer.next(remaining, workers)
    const share = concurrency === 1 ? size : Math.max(size, Math.ceil(concurrency / 2))
    return Math.max(1, Math.min(share, this.#tasksLeft(worker)))
  }

  /** How many more tasks a worker may be given before it is replaced. */
  #tasksLeft(worker: PoolWorker): number {
    const { maxTasks } = this.options
    return maxTasks === Infinity ? Infinity : maxTasks - worker.done - worker.pending
  }

  #give(worker: PoolWorker, job: Job, lot: Lot, alone: boolean): void {
    job.inFlight += lot.length
    try {
      worker.give(job, lot, alone)
    } catch (error) {
      this.#refuse(job, lot, error)
    }
  }

  /** A message could not be posted: something in it cannot be handed over. */
  #refuse(job: Job, lot: Lot, error: unknown): void {
    const entries = Array.from({ length: lot.length }, (_, at) => lot.entry(at))
    const moved = entries.filter((entry) => entry.transfer !== undefined)
    const guilty = moved.length > 0 ? moved : entries
    const reason = `cannot be posted: ${messageOf(error)}`
    for (const entry of guilty) job.reject(entry, new SerializationError(failureOf(entry), 'input', reason, 'input'))
    job.putBack(entries.filter((entry) => !guilty.includes(entry)))
    job.flush()
  }
}
