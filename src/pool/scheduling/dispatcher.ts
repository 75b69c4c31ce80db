import type { WorkerDeath } from '../../errors/task-errors.ts'
import { ModuleLoadError } from '../../errors/worker-errors.ts'
import type { RunObserver, WorkerRef } from '../../observe/observer.ts'
import type { Observers } from '../../observe/observers.ts'
import { epochNow } from '../../util/time.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import { type DoneFrame, type LogFrame, outcomeCount } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Printed } from '../jobs/job-observers.ts'
import type { Job } from '../jobs/job.ts'
import { Median } from '../jobs/median.ts'
import { settleDeath } from '../outcomes/deaths.ts'
import { settleDone, taskMsOf } from '../outcomes/settle.ts'
import type { Batch } from '../workers/batch.ts'
import { surroundingsNow } from '../workers/surroundings.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import type { WorkerObserver } from '../workers/worker-observer.ts'
import { WorkerSet, type WorkerSetOptions } from '../workers/worker-set.ts'
import { Assigner } from './assigner.ts'
import { Demand, type DemandPort } from './demand.ts'
import { LARGE_SET, startingWorkTime } from './placement.ts'
import { Supervisor, type SupervisorLimits } from './supervisor.ts'

/** With more jobs than this, work is given out once per turn of the event loop, not at each event. */
const MANY_JOBS = 16

/** `soon` lets running tasks end; `now` stops them. */
export type HaltMode = 'soon' | 'now'

export interface DispatcherOptions extends WorkerSetOptions, SupervisorLimits {
  /** Tasks after which a worker is replaced. */
  readonly maxTasks: number
  /** The observers of the pool itself: told of workers also while nothing runs. */
  readonly observers?: Observers<Printed> | undefined
  /** Called with output of workers that belongs to no run. */
  readonly onStrayLog: (frame: LogFrame) => void
  /** Called with errors that came after their task had its outcome. */
  readonly onLateError: (error: unknown, task: { name: string; index: number } | undefined, worker: WorkerRef) => void
}

/**
 * Distributes the work of jobs among workers. It reacts to the events of workers, and leaves the rest to its parts: the
 * {@link Assigner} gives work out, the {@link Supervisor} enforces time and memory limits, the {@link WorkerSet} starts
 * and stops workers; `outcomes/` decides what an outcome, or a death, means for an item.
 */
export class Dispatcher {
  readonly options: DispatcherOptions
  readonly workerSet: WorkerSet
  /** Counts of the jobs that are over. */
  readonly totals: { done: number; failed: number; retried: number; readonly durations: Median } = {
    done: 0,
    failed: 0,
    retried: 0,
    durations: new Median(),
  }
  readonly #jobs = new Set<Job>()
  readonly #assigner: Assigner
  readonly #supervisor: Supervisor
  readonly #demand: Demand | undefined
  #pumpsSoon = false

  constructor(size: number, options: DispatcherOptions) {
    this.options = options
    this.workerSet = new WorkerSet(size, options, this.#observer())
    this.#supervisor = new Supervisor(this.workerSet, options, {
      jobs: this.#jobs,
      functionFailed: (fn, error) => this.#functionFailed(fn, error),
      pauseOver: () => this.#pump(),
    })
    this.#assigner = new Assigner({
      workerSet: this.workerSet,
      jobs: this.#jobs,
      maxTasks: options.maxTasks,
      startWorker: () => this.#startWorker(),
    })
    const { room } = options.backend
    if (room !== undefined) this.#demand = new Demand(room, this.#demandPort())
  }

  get jobs(): ReadonlySet<Job> {
    return this.#jobs
  }

  /** Starts some workers, because work will come soon: they come up while the work is prepared. */
  warmUp(count = 1): void {
    this.#demand?.update(true)
    const { workerSet } = this
    if (workerSet.workers.length >= count || !workerSet.hasRoom) return
    while (workerSet.workers.length < count && workerSet.hasRoom && this.#startWorker() !== undefined);
    this.workerSet.watchIdle()
  }

  /** Takes a job up; its items go to workers as there is room. */
  add(job: Job): void {
    job.takenUp(() => this.#pumpSoon(), startingWorkTime([...this.#jobs]))
    this.#jobs.add(job)
    this.followCaller(job)
    this.#pumpSoon()
    this.#updateHolds()
  }

  /**
   * Tells workers of changes in this process's environment variables, working directory and umask, unless they see them
   * by themselves. A job that they cannot follow for fails.
   */
  followCaller(job: Job): void {
    if (this.options.backend.capabilities.liveEnvironment || this.workerSet.workers.length === 0) return
    try {
      this.workerSet.follow(surroundingsNow(this.options.env))
    } catch (error) {
      job.fail(error)
    }
  }

  /** Says if a job keeps the process alive while workers have tasks of it, or it waits to start some. */
  await(job: Job, isAwaited: boolean): void {
    job.awaited(isAwaited)
    this.#updateHolds()
  }

  /** Removes a job that is over: tasks of it that still run are stopped, and workers unload its functions. */
  remove(job: Job, reason: unknown): void {
    job.stop()
    if (this.#jobs.delete(job)) {
      this.totals.done += job.done
      this.totals.failed += job.failed
      this.totals.retried += job.retried
    }
    for (const [worker, batch] of this.#batchesOf(job)) this.#supervisor.cancel(worker, batch, reason)
    this.unload([...job.functions].filter((fn) => !fn.lasting))
    this.workerSet.watchIdle()
    this.#pump()
    this.#updateHolds()
  }

  /** Called when someone has begun or ceased to wait for work: tells workers that have some to hold the process, or not. */
  #updateHolds(): void {
    for (const { batches, hold } of this.workerSet.workers) if (batches.size > 0) hold.update()
  }

  #workWaits(): boolean {
    for (const job of this.#jobs) if (job.open && job.isAwaited && !job.isDrained) return true
    return false
  }

  /** Starts no more tasks of a job. Items that wait are aborted; finished ones keep their outcome. */
  halt(job: Job, mode: HaltMode, why: string): void {
    job.halt(why)
    for (const [worker, batch] of this.#batchesOf(job)) {
      if (mode === 'now') void this.#supervisor.abort(worker, batch, why)
      else if (!batch.revoking) void worker.revoke(batch)
    }
  }

  /**
   * Ends the item with this tag, if a worker has it: it fails with the reason, and its task is stopped if it runs. Returns
   * false if no worker has it.
   */
  abort(job: Job, tag: unknown, reason: unknown): boolean {
    for (const [worker, batch] of this.#batchesOf(job)) {
      for (let offset = 0; offset < batch.chunk.length; offset++) {
        const item = batch.chunk.tag(offset) === tag ? batch.take(offset) : undefined
        if (item === undefined) continue
        item.isDropped = true
        job.reject(item, reason)
        this.#supervisor.cancel(worker, batch, reason, offset)
        return true
      }
    }
    return false
  }

  *#batchesOf(job: Job): Generator<[worker: WorkerHandle, batch: Batch]> {
    for (const worker of this.workerSet.workers) for (const batch of worker.batchesOf(job)) yield [worker, batch]
  }

  /** Removes a job that another dispatcher takes over. */
  detach(job: Job): void {
    this.#jobs.delete(job)
  }

  /** Makes workers unload functions, with the values that these captured. */
  unload(functions: readonly PreparedFunction[]): void {
    for (const worker of this.workerSet.workers) for (const fn of functions) worker.unload(fn.id)
  }

  /** Called when no worker can load a function: its items fail; if it is the pool's `init`, all jobs do. */
  #functionFailed(fn: PreparedFunction, error: unknown): void {
    fn.fail(error)
    if (fn.load.role === 'init') return this.#failAll(error)
    for (const job of [...this.#jobs]) job.functionFailed(fn)
  }

  /** Stops all workers: `gently` lets stateful ones close their resources. Resolves when all have ended. */
  async shutDown(gently: boolean): Promise<void> {
    this.workerSet.close()
    this.#demand?.update(false)
    const gone = this.workerSet.allGone()
    if (gently) for (const worker of this.workerSet.workers) worker.retire()
    else this.workerSet.kill()
    this.#supervisor.watch()
    await gone
    // The job of single calls has no other end.
    for (const job of this.#jobs) job.options.observers.close()
  }

  /** Changes the number of workers: more are started when there is work, too many stop when they are done. */
  resize(size: number): void {
    this.workerSet.size = size
    this.#pump()
  }

  /** Fails all jobs, because no worker can be started. */
  #failAll(error: unknown): void {
    for (const job of [...this.#jobs]) if (job.options.rescue?.(error) !== true) job.fail(error)
  }

  /** Called when a worker has finished a batch: replaces the worker if it has passed `maxTasks` or `maxMemory`. */
  #afterBatch(worker: WorkerHandle): void {
    const { maxTasks, maxMemory } = this.options
    if (worker.accepting && (worker.done >= maxTasks || (worker.memory ?? 0) > maxMemory)) this.#replace(worker)
    if (worker.batches.size === 0) this.workerSet.watchIdle()
  }

  /** Retires a worker; items that it has not begun go to others. */
  #replace(worker: WorkerHandle): void {
    worker.revokeAll()
    worker.retire()
    this.#pump()
  }

  /** Like `#pump`; with many workers or jobs once for all events of a turn. */
  #pumpSoon(): void {
    if (this.workerSet.workers.length <= LARGE_SET && this.#jobs.size <= MANY_JOBS) return this.#pump()
    if (this.#pumpsSoon) return
    this.#pumpsSoon = true
    setImmediate(() => {
      this.#pumpsSoon = false
      this.#pump()
    })
  }

  /** Gives work to all workers that have room, and starts workers for work that finds none. */
  #pump(): void {
    if (!this.#assigner.assign()) return
    this.#demand?.update(this.#jobs.size > 0)
    this.#supervisor.watch()
  }

  #startWorker(): WorkerHandle | undefined {
    try {
      return this.workerSet.start()
    } catch (error) {
      this.#failAll(error)
      return undefined
    }
  }

  /** Makes the observer of all workers: the reactions of the dispatcher to their events. */
  #observer(): WorkerObserver<WorkerHandle> {
    return {
      workWaits: () => this.#workWaits(),
      ready: (worker) => {
        this.workerSet.cameUp()
        this.#tellAll('workerStarted', { at: epochNow(), worker: worker.ref() })
        this.#pumpSoon()
      },
      unusable: (error) => this.#failAll(error),
      loadFailed: (worker, fn, error) => this.#loadFailed(worker, fn, error),
      started: (worker, { job }, items) => {
        for (const item of items) job.options.observers.started(item, worker.ref())
      },
      done: (worker, batch, frame) => this.#done(worker, batch, frame),
      cancelled: (worker, batch, offset) => this.#supervisor.cancelled(worker, batch, offset),
      printed: (worker, frame, job, item) => {
        if (job === undefined) this.options.onStrayLog(frame)
        else job.options.observers.printed(frame, item, worker)
      },
      lateError: (worker, error, task) => this.#lateError(worker, error, task),
      leaving: (worker) => this.#replace(worker),
      exited: (worker, death, running) => this.#exited(worker, death, running),
    }
  }

  #loadFailed(worker: WorkerHandle, fn: PreparedFunction, error: Error): void {
    this.#functionFailed(fn, error)
    // A runtime never loads a module again that has failed. Once it is repaired it needs another worker.
    const hasFailed = error instanceof ModuleLoadError && error.exports.length === 0
    if (hasFailed && fn.load.role !== 'init' && !worker.functions.haveState) this.#replace(worker)
  }

  #done(worker: WorkerHandle, batch: Batch, frame: DoneFrame): void {
    const { job } = batch
    try {
      job.options.context.run(() => settleDone(worker, batch, frame))
    } catch (error) {
      job.fail(error)
    }
    if (outcomeCount(frame) > 0) this.totals.durations.add(taskMsOf(frame))
    // After the job has flushed the failure: if that ends the job, nothing more of it is sent.
    if (frame.stopped === true) queueMicrotask(() => worker.resume(job))
    if (frame.end) {
      job.requeue(batch.takeFrom(0))
      worker.finish(batch)
      if (job.pending.finished(batch.chunk)) job.wake()
      this.#afterBatch(worker)
    }
    this.#pumpSoon()
  }

  #lateError(worker: WorkerHandle, error: unknown, task: { name: string; index: number } | undefined): void {
    const late = { at: epochNow(), worker: worker.ref(), task, error }
    worker.latestJob?.options.observers.observers.tell('lateError', late)
    this.options.onLateError(error, task, worker.ref())
    // The worker's state is unknown, and must not disturb the next task.
    this.#replace(worker)
  }

  #exited(worker: WorkerHandle, death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
    // A worker that never came up has not seen its functions.
    const unready = worker.killed || worker.diedStarting ? [] : worker.functions.unready()
    // First remove the worker, so that its items are not given to it again.
    const error = this.workerSet.gone(worker, death)
    for (const job of this.#jobs) job.owned?.release(worker)
    settleDeath(worker, death, running)
    this.#tellAll('workerExited', {
      at: epochNow(),
      worker: worker.ref(),
      death: worker.killed ? undefined : death,
    })
    if (error !== undefined) this.#failAll(error)
    else {
      for (const fn of unready) {
        const failure = fn.diedLoading(death)
        if (failure !== undefined) this.#functionFailed(fn, failure)
      }
    }
    this.#pump()
  }

  /** Tells the observers of the pool and of all jobs, each once. */
  #tellAll<H extends 'workerStarted' | 'workerExited'>(hook: H, event: Parameters<Required<RunObserver>[H]>[0]): void {
    const told = new Set<object>()
    const ofJobs = [...this.#jobs].map((job) => job.options.observers.observers)
    for (const observers of [this.options.observers, ...ofJobs]) {
      for (const observer of observers?.of(hook) ?? []) {
        if (told.has(observer)) continue
        told.add(observer)
        observers?.tellThese([observer], hook, ...([event] as never))
      }
    }
  }

  #demandPort(): DemandPort {
    const { workerSet } = this
    const jobs = this.#jobs
    return {
      get hasWorker() {
        return workerSet.workers.some(({ accepting, batches }) => accepting || batches.size > 0)
      },
      get hasWaitingWork() {
        for (const job of jobs) if (job.open && !job.isDrained) return true
        return false
      },
      roomCame: () => this.#pump(),
      noneCome: (error) => this.#failAll(error),
    }
  }
}
