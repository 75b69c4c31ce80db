import { ResourceLimitError, TaskAbortedError, type TaskError, TaskTimeoutError } from '../../errors/task-errors.ts'
import { ModuleLoadError, WorkerInitError } from '../../errors/worker-errors.ts'
import { monotonicNow } from '../../util/time.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
import type { WorkerView } from '../backend/backend.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from '../jobs/item.ts'
import { timingOf } from '../jobs/job-observers.ts'
import type { Job } from '../jobs/job.ts'
import { failCall, loseCall } from '../outcomes/fail-call.ts'
import { settleStaged } from '../outcomes/settle.ts'
import { failureOf } from '../outcomes/task-failure.ts'
import { warnOfSlowTask } from '../outcomes/warnings.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import type { WorkerSet } from '../workers/worker-set.ts'
import { Cancellations, LONG_GRACE_MS } from './cancellations.ts'
import { LookSchedule } from './look-schedule.ts'
import { giveWay, QUIET_MS, steal } from './stealing.ts'
import { Stops } from './stops.ts'
import { overTime } from './time-limit.ts'

/** Milliseconds between two looks at workers that have work. */
const TICK_MS = 5
/** Large worker sets are looked at less often: the tick grows by a millisecond for this many workers. */
const WORKERS_PER_MS = 50
/** Workers on other machines are looked at by messages: altogether not more often than this. */
const FAR_LOOKS_PER_SECOND = 1_000
/** A worker that does not answer a look within this many milliseconds is blocked as a whole. */
const ANSWER_MS = 1_000
/** A worker is given up if it does not answer a request about a run that is over within this many milliseconds. */
const SILENCE_MS = 2_000
/** A worker that was told to close may take this long, in milliseconds. */
const CLOSE_MS = 5_000
/** A worker that is not up after this many milliseconds hangs, as Node itself may if the system is short of threads. */
const START_MS = 60_000

/** The limits in time and memory for workers. */
export interface SupervisorLimits {
  /** Milliseconds that a worker may take to load a function. */
  readonly initTimeout: number
  /** Milliseconds that a worker may take to come up. Default: a minute. */
  readonly startTimeout?: number
  /** Bytes of memory above which a worker is replaced; at twice as many it is stopped. */
  readonly maxMemory: number
  /** Milliseconds after which a warning about a task without a timeout is emitted, once. */
  readonly warnAfter: number
}

/** The side of a dispatcher that its supervisor sees. */
export interface SupervisorPort {
  readonly jobs: ReadonlySet<Job>
  /** Called when a function was not loaded in time. */
  functionFailed(fn: PreparedFunction, error: unknown): void
  /** Called when a pause is over, and more workers may be started. */
  pauseOver(): void
}

/**
 * Watches the time, memory and silence of workers: stops tasks that take too long, steals items that wait behind a slow
 * one, and fetches finished results that a blocked worker cannot send. Sleeps while no worker has work.
 */
export class Supervisor {
  readonly #workerSet: WorkerSet
  readonly #limits: SupervisorLimits
  readonly #port: SupervisorPort
  readonly #cancellations = new Cancellations()
  readonly #stops = new Stops()
  /** Workers that are being looked at. One that dies meanwhile never answers, and must not be kept for that. */
  readonly #looking = new WeakSet<WorkerHandle>()
  /** Tells at which times to look at workers on other machines. */
  readonly #schedule: LookSchedule
  #timer: NodeJS.Timeout | undefined
  /** The time at which `#timer` was set. */
  #armedAt = 0

  constructor(workerSet: WorkerSet, limits: SupervisorLimits, port: SupervisorPort) {
    this.#workerSet = workerSet
    this.#limits = limits
    this.#schedule = new LookSchedule(limits)
    this.#port = port
  }

  /** Called when work was given out: watches until all of it is done. */
  watch(): void {
    if (this.#timer !== undefined || !this.#needed()) return
    steal(this.#workerSet)
    if (this.#port.jobs.size > 1) giveWay(this.#workerSet, this.#port.jobs)
    this.#armedAt = monotonicNow()
    const tick = Math.max(TICK_MS, this.#workerSet.workers.length / WORKERS_PER_MS)
    this.#timer = setTimeout(() => this.#tick(), tick).unref()
  }

  /** Called when a cancelled item no longer holds its worker. */
  cancelled(worker: WorkerHandle, batch: number, offset: number): void {
    this.#cancellations.answered(worker, batch, offset)
  }

  /** Called when the run of a batch is over: revokes items that have not begun, and cancels those that run. */
  cancel(worker: WorkerHandle, batch: Batch, reason: unknown, only?: number): void {
    const grace = only === undefined ? LONG_GRACE_MS : undefined
    this.#stops.add(
      batch,
      ({ offset }) => {
        if (only !== undefined && !isLastOf(batch, offset, only)) return false
        this.#cancellations.cancel(worker, batch, offset, reason, grace)
        return true
      },
      monotonicNow(),
    )
    void answerWithin(SILENCE_MS, this.#runsAfterRevoke(worker, batch)).then((view) => {
      // A frozen machine, or a broker that is gone: the rest of its work goes to other workers, and nothing waits for it.
      if (view === undefined && worker.batches.has(batch.id)) worker.kill()
      this.#stops.apply(worker, view?.running ?? [])
      this.watch()
    })
  }

  /** Aborts the running items of a batch, which fail; finished items keep their outcome, the others are requeued. */
  async abort(worker: WorkerHandle, batch: Batch, why: string): Promise<void> {
    const { job } = batch
    const view = await answerWithin(ANSWER_MS, this.#runsAfterRevoke(worker, batch))
    if (view !== undefined) settleStaged(worker, view.staged)
    const abortRunning = ({ offset, startedAt }: RunningItem): boolean => {
      const items = batch.takeCall(offset)
      for (const item of items) {
        item.attempts++
        const error = new TaskAbortedError(failureOf(item, worker), why)
        job.reject(item, error, timingOf(startedAt, monotonicNow()))
      }
      if (items.length > 0) this.#cancellations.cancel(worker, batch, offset, new DOMException(why, 'AbortError'))
      return items.length > 0
    }
    this.#stops.add(batch, abortRunning, monotonicNow())
    this.#stops.apply(worker, view?.running ?? [])
    // The worker did not answer, so it is unknown which of its items run: all fail.
    if (view === undefined)
      for (const item of batch.takeFrom(0)) job.reject(item, new TaskAbortedError(failureOf(item, worker), why))
    this.watch()
  }

  /** Revokes the items that have not begun, then resolves to the state of the worker. */
  async #runsAfterRevoke(worker: WorkerHandle, batch: Batch): Promise<WorkerView> {
    await worker.revoke(batch)
    return worker.view()
  }

  #needed(): boolean {
    return (
      this.#cancellations.pending ||
      this.#workerSet.workers.some(
        (worker) => worker.batches.size > 0 || worker.state === 'stopping' || worker.isLoading,
      )
    )
  }

  #tick(): void {
    this.#timer = undefined
    const now = monotonicNow()
    const { startTimeout = START_MS } = this.#limits
    this.#cancellations.enforce(now)
    for (const worker of [...this.#workerSet.workers]) {
      this.#checkLoading(worker, now)
      // This counts as a death before the worker was ready.
      if (worker.state === 'starting' && now - worker.startedAt > startTimeout) worker.giveUpStart()
      if (worker.state === 'stopping' && now - worker.idleSince > CLOSE_MS) worker.kill()
      if (this.#wantsLook(worker, now)) this.#look(worker)
    }
    if (this.#workerSet.endPause(now)) this.#port.pauseOver()
    this.watch()
  }

  #checkLoading(worker: WorkerHandle, now: number): void {
    const { initTimeout } = this.#limits
    if (!worker.isLoading || worker.state === 'starting' || now - worker.loadingSince < initTimeout) return
    for (const fn of worker.functions.unready()) {
      const what = `"${fn.name}" was not ready after ${initTimeout} ms`
      const error =
        fn.load.role === 'task'
          ? new ModuleLoadError(`${what}: its module does not finish loading`, { module: fn.name })
          : new WorkerInitError(what)
      this.#port.functionFailed(fn, error)
    }
    worker.kill()
  }

  #wantsLook(worker: WorkerHandle, now: number): boolean {
    if (worker.batches.size === 0) {
      this.#schedule.forget(worker)
      return false
    }
    if (this.#looking.has(worker)) return false
    if (worker.isFar) return this.#wantsFarLook(worker, now)
    if (this.#stops.isDue(worker, now, this.#limits.warnAfter)) return true
    if (this.#limits.maxMemory < Infinity) return true
    for (const batch of worker.batches.values()) if (batch.job.hasTimeouts) return true
    return this.#isQuiet(worker, now, QUIET_MS) || now - worker.lookedAt >= this.#limits.warnAfter
  }

  #wantsFarLook(worker: WorkerHandle, now: number): boolean {
    const { workers } = this.#workerSet
    if (now - worker.lookedAt < (workers.length / FAR_LOOKS_PER_SECOND) * 1_000) return false
    return (
      this.#stops.isDue(worker, now, this.#limits.warnAfter) ||
      this.#schedule.isDue(worker, now, this.#armedAt) ||
      this.#isQuiet(worker, now, this.#schedule.quietMs(worker))
    )
  }

  /** Returns true if a worker without news for `quietMs` milliseconds has to be looked at. */
  #isQuiet(worker: WorkerHandle, now: number, quietMs: number): boolean {
    if (now - worker.heardAt < quietMs) return false
    // Back off: a long-running item produces no other results, but the last look may still have seen the item before it.
    return now - worker.lookedAt >= Math.min(worker.lookedAt - worker.heardAt, this.#limits.warnAfter)
  }

  #look(worker: WorkerHandle): void {
    this.#looking.add(worker)
    // The answer may be read late, so limits are compared with the time of the question.
    const now = monotonicNow()
    void worker.look().then((view) => {
      this.#looking.delete(worker)
      if (worker.state === 'dead') return
      this.#schedule.note(worker, view, now)
      this.#inspect(worker, view, now)
    })
  }

  #inspect(worker: WorkerHandle, view: WorkerView, now: number): void {
    settleStaged(worker, view.staged)
    this.#stops.apply(worker, view.running)
    this.#checkTime(worker, view, now)
    this.#warnOfSlow(worker, view)
    if (view.memory !== undefined) this.#checkMemory(worker, view, view.memory)
  }

  #checkTime(worker: WorkerHandle, view: WorkerView, now: number): void {
    for (const running of view.running) {
      const batch = worker.batches.get(running.batch)
      const item = batch?.peekCall(running.offset)[0]
      if (batch === undefined || item === undefined) continue
      const over = overTime(running, item, batch.job, now)
      if (over === undefined) continue
      const [first, end] = batch.callAt(running.offset)
      const items = batch.takeCall(running.offset)
      const errorOf = (one: Item): TaskError => new TaskTimeoutError(failureOf(one, worker, running.step), over.limit)
      this.#cancellations.cancel(worker, batch, running.offset, errorOf(item))
      const timing = timingOf(running.startedAt, now)
      failCall({ worker, batch, items, inputs: end - first, timing, errorOf, more: over.retries })
    }
  }

  #warnOfSlow(worker: WorkerHandle, view: WorkerView): void {
    const now = monotonicNow()
    for (const running of view.running) {
      const item = worker.batches.get(running.batch)?.peekCall(running.offset)[0]
      const ms = now - running.startedAt
      if (item === undefined || item.warned || ms < this.#limits.warnAfter) continue
      item.warned = true
      warnOfSlowTask(item, ms)
    }
  }

  #checkMemory(worker: WorkerHandle, view: WorkerView, memory: number): void {
    const limit = this.#limits.maxMemory
    if (memory <= limit * 2) return
    for (const running of view.running) {
      const batch = worker.batches.get(running.batch)
      if (batch === undefined) continue
      const [first, end] = batch.callAt(running.offset)
      const items = batch.takeCall(running.offset)
      const timing = timingOf(running.startedAt, monotonicNow())
      const errorOf = (item: Item): TaskError => new ResourceLimitError(failureOf(item, worker), limit, memory)
      // If several run it is not known which one took the memory: each runs again alone.
      const isCertain = view.running.length === 1
      loseCall({ worker, batch, items, inputs: end - first, timing, errorOf, isCertain, lives: undefined })
    }
    worker.kill()
  }
}

/** Returns true if an input belongs to a running call of which no other input is wanted any more. */
function isLastOf(batch: Batch, running: number, offset: number): boolean {
  const [first, end] = batch.callAt(running)
  return offset >= first && offset < end && batch.peekCall(running).length === 0
}

/** Resolves to the answer, or to undefined if none comes in time. One that came while this thread stood still is in time. */
async function answerWithin<T>(ms: number, answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    // The second turn has read all messages that were there when the time was up.
    timer = setTimeout(() => setImmediate(() => setImmediate(resolve, undefined)), ms).unref()
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
