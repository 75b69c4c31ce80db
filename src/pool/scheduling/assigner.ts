import { SerializationError } from '../../errors/task-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { isDetached, MOVED_BEFORE } from '../../wire/values/buffers.ts'
import type { Chunk } from '../jobs/chunk.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'
import { failureOf } from '../outcomes/task-failure.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import type { WorkerSet } from '../workers/worker-set.ts'
import { byTurn, LeastLoaded, mayUse, mayUseAnother, type Turn } from './placement.ts'

/** The parts that an assigner works with. */
export interface AssignerParts {
  readonly workerSet: WorkerSet
  readonly jobs: ReadonlySet<Job>
  /** Tasks after which a worker is replaced. */
  readonly maxTasks: number
  /** Starts one more worker; returns undefined if none can be started. */
  startWorker(): WorkerHandle | undefined
}

/**
 * Gives the work of jobs to workers: each time a batch of the job whose turn it is, to the worker with the least to do.
 *
 * An error that a source, a limiter or a sink throws meanwhile ends the job that it belongs to, and no other.
 */
export class Assigner {
  readonly #workerSet: WorkerSet
  readonly #jobs: ReadonlySet<Job>
  readonly #maxTasks: number
  readonly #startWorker: () => WorkerHandle | undefined
  readonly #leastLoaded = new LeastLoaded()
  #isAssigning = false
  #again = false

  constructor(parts: AssignerParts) {
    this.#workerSet = parts.workerSet
    this.#jobs = parts.jobs
    this.#maxTasks = parts.maxTasks
    this.#startWorker = () => parts.startWorker()
  }

  /**
   * Gives work to all workers that have room, and starts workers for work that finds none. A call from within returns
   * false: the outer call then makes another pass.
   */
  assign(): boolean {
    this.#again = true
    if (this.#isAssigning) return false
    this.#isAssigning = true
    try {
      while (this.#again) {
        this.#again = false
        this.#giveAll()
      }
    } finally {
      this.#isAssigning = false
    }
    return true
  }

  /** Gives out batches of one job after the other, in turn, until no worker has room for any. */
  #giveAll(): void {
    const turns = this.#jobsInTurn()
    const hasSuspects = turns.some(({ job }) => job.hasSuspects)
    for (const { job, priority } of turns) {
      try {
        // Suspects need workers that have nothing else: while some wait, no other work is to wait in workers.
        while (job.open && this.#giveOne(job, hasSuspects, turns.length === 1)) {
          // The order of the jobs may have changed.
          if (!hasSuspects && job.priority === priority) continue
          this.#again = true
          return
        }
        job.endIfDone()
      } catch (error) {
        job.fail(error)
      }
    }
  }

  /** Returns the jobs that may have work for a worker, in the order of their turns. */
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

  /** Gives one batch to one worker. Returns false if no worker has room for it, or nothing waits. */
  #giveOne(job: Job, onlyIdle: boolean, isOnly: boolean): boolean {
    const worker = this.#workerFor(job, onlyIdle, isOnly)
    return worker !== undefined && this.#giveTo(worker, job)
  }

  #workerFor(job: Job, onlyIdle: boolean, isOnly: boolean): WorkerHandle | undefined {
    const { workers } = this.#workerSet
    if (job.isDrained) return undefined
    const fits = (worker: WorkerHandle): boolean =>
      worker.hungryFor(job, isOnly) && this.#tasksLeft(worker) > 0 && mayUse(job, worker, workers)
    const idle = workers.find((worker) => worker.batches.size === 0 && fits(worker) && job.pending.suits(worker))
    if (idle !== undefined) return idle
    // A new worker is better than queueing behind the batch of another.
    const started =
      this.#workerSet.hasRoom && mayUseAnother(job, workers) && job.hasWork() ? this.#startWorker() : undefined
    return started ?? (onlyIdle ? undefined : this.#leastLoaded.of(workers, fits))
  }

  #giveTo(worker: WorkerHandle, job: Job): boolean {
    if (job.hasSuspects && worker.batches.size === 0) {
      this.#give(worker, job, job.takeSuspect() as Chunk, true)
      return true
    }
    const chunk = job.take(this.#batchSize(worker, job), worker)
    if (chunk === undefined) return false
    this.#give(worker, job, chunk, false)
    return true
  }

  #batchSize(worker: WorkerHandle, job: Job): number {
    const { concurrency, bursts, maxWorkers } = job.options
    const workers = Math.max(1, Math.min(this.#workerSet.reach, maxWorkers))
    const remaining = job.remaining()
    const size =
      bursts && remaining !== undefined ? job.sizer.burst(remaining, workers) : job.sizer.next(remaining, workers)
    // Tasks that run at the same time are sent together, half of them in one batch; but each worker gets a share.
    const fair = remaining === undefined ? Infinity : Math.ceil(remaining / workers)
    const share = concurrency === 1 ? size : Math.max(size, Math.min(Math.ceil(concurrency / 2), fair))
    return Math.max(1, Math.min(share, this.#tasksLeft(worker)))
  }

  /** Number of tasks that a worker may still be given before it is replaced. */
  #tasksLeft(worker: WorkerHandle): number {
    if (this.#maxTasks === Infinity) return Infinity
    let given = worker.done
    for (const { untold } of worker.batches.values()) given += untold
    return this.#maxTasks - given
  }

  #give(worker: WorkerHandle, job: Job, chunk: Chunk, alone: boolean): void {
    try {
      worker.give(job, chunk, alone)
    } catch (error) {
      this.#refuse(job, chunk, error)
    }
  }

  /**
   * Called when a message could not be posted: fails the items that transfer what was transferred before; if there is
   * none those that transfer anything, if there is none all. Requeues the rest.
   */
  #refuse(job: Job, chunk: Chunk, error: unknown): void {
    const items = Array.from({ length: chunk.length }, (_, offset) => chunk.item(offset))
    const moving = items.filter((item) => item.transfer !== undefined)
    const again = movedBefore(moving)
    const guilty = new Set(again.length > 0 ? again : moving.length > 0 ? moving : items)
    const reason = again.length > 0 ? MOVED_BEFORE : `cannot be posted: ${messageOf(error)}`
    for (const item of guilty) job.reject(item, new SerializationError(failureOf(item), 'input', reason, 'input'))
    job.requeue(items.filter((item) => !guilty.has(item)))
  }
}

/** Returns the items whose buffers are gone, or are those of an item before them. */
function movedBefore(items: readonly Item[]): Item[] {
  const seen = new Set<unknown>()
  return items.filter(({ transfer = [] }) => {
    const again = transfer.some((buffer) => isDetached(buffer) || seen.has(buffer))
    for (const buffer of transfer) seen.add(buffer)
    return again
  })
}
