import { BackendError } from '../errors/backend-error.ts'
import { ModuleLoadError } from '../errors/module-load-error.ts'
import { describeDeath, type WorkerDeath } from '../errors/worker-crashed-error.ts'
import type { RunningItem } from '../wire/beacon.ts'
import { monotonicNow } from '../wire/clock.ts'
import { decode } from '../wire/codec/decode.ts'
import {
  type DoneFrame,
  type LateErrorFrame,
  type LoadedFrame,
  type LoadFailedFrame,
  type LogFrame,
  type ReadyFrame,
  type StartedFrame,
  WIRE_VERSION,
  type WorkerFrame,
} from '../wire/frames.ts'
import { settleDeath } from './deaths.ts'
import type { RunEvent } from './events.ts'
import type { FunctionUse } from './function-use.ts'
import { loadError } from './load-error.ts'
import type { PoolWorker, WorkerEvents } from './pool-worker.ts'
import type { Scheduler } from './scheduler.ts'
import { settleDone, taskMsOf } from './settle.ts'
import { identityOf } from './task-failure.ts'

/** Deaths in a row of workers that were making a function ready after which the function is given up. */
const MAX_DEATHS_LOADING = 2
/** The same of deaths that may have come from outside. */
const MAX_KILLS_LOADING = 8

/** What the frames of workers, and their ends, mean. */
export class Inbox implements WorkerEvents {
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  frame(worker: PoolWorker, frame: WorkerFrame): void {
    worker.heardAt = monotonicNow()
    switch (frame.type) {
      case 'done':
        return this.#done(worker, frame)
      case 'ready':
        return this.#ready(worker, frame)
      case 'loaded':
        return this.#loaded(worker, frame)
      case 'load-failed':
        return this.#loadFailed(worker, frame)
      case 'started':
        return started(worker, frame)
      case 'cancelled':
        return this.#scheduler.monitor.cancelled(worker, frame.batch, frame.offset)
      case 'recall':
        return void worker.recalls.ask(frame, worker.function(frame.fn))
      case 'keep':
        return worker.recalls.keep(frame)
      case 'log':
        return this.#log(worker, frame)
      case 'late-error':
        return this.#lateError(worker, frame)
      case 'closed':
      case 'packed':
        return worker.kill()
    }
  }

  exit(worker: PoolWorker, death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
    const scheduler = this.#scheduler
    // Nobody is to blame, and what it was to have goes to others.
    if (death.none === true) worker.killed = true
    // One that never came up has not seen its functions.
    const unready = worker.killed || worker.state === 'starting' ? [] : worker.unready()
    // First of all: what it had must not be given to it again.
    const error = scheduler.fleet.gone(worker, death)
    for (const job of scheduler.jobs) job.disown(worker)
    worker.recalls.end()
    settleDeath(worker, death, running)
    this.#tellAll({ type: 'worker-exit', worker: worker.ref(), death: worker.killed ? undefined : death })
    if (error !== undefined) scheduler.failAll(error)
    else for (const fn of unready) this.#diedLoading(fn, death)
    scheduler.pump()
  }

  /** It is to end soon, for reasons of its own. */
  leaving(worker: PoolWorker): void {
    this.#scheduler.replace(worker)
  }

  #ready(worker: PoolWorker, { version }: ReadyFrame): void {
    if (version !== WIRE_VERSION) {
      worker.kill()
      const message = `a worker speaks version ${version} of the protocol, this package ${WIRE_VERSION}: use one release`
      return this.#scheduler.failAll(new BackendError(message))
    }
    this.#scheduler.fleet.ready(worker)
    this.#tellAll({ type: 'worker-start', worker: worker.ref() })
    this.#scheduler.pumpSoon()
  }

  #done(worker: PoolWorker, frame: DoneFrame): void {
    const batch = worker.batches.get(frame.batch)
    if (batch === undefined) return
    settleDone(worker, batch, frame)
    if (frame.results.values.length > 0) this.#scheduler.totals.durations.add(taskMsOf(frame))
    if (frame.memory !== undefined) worker.memory = frame.memory
    if (frame.end) {
      batch.job.putBack(batch.takeFrom(0))
      worker.finish(batch)
      this.#scheduler.afterBatch(worker)
    }
    batch.job.flush()
    this.#scheduler.pumpSoon()
  }

  #loaded(worker: PoolWorker, { fn, stateful, steps }: LoadedFrame): void {
    worker.loaded(fn, stateful)
    const use = worker.function(fn)
    if (use !== undefined) use.deaths = 0
    if (steps === undefined || use === undefined) return
    use.steps = steps
    const hasLimits = steps.limits.some((limit) => limit !== undefined)
    for (const job of this.#scheduler.jobs) if (hasLimits && job.functions.has(use)) job.hasTimeouts = true
  }

  #loadFailed(worker: PoolWorker, frame: LoadFailedFrame): void {
    const fn = worker.function(frame.fn)
    if (fn === undefined) return
    const error = loadError(fn, frame)
    worker.unlearn(fn)
    if (fn.load.role !== 'init') return this.#scheduler.functionFailed(fn, error)
    this.#scheduler.failAll(error)
    worker.kill()
  }

  /** A worker died while it made a function ready. Once may be bad luck; whoever is killed may have done nothing. */
  #diedLoading(fn: FunctionUse, death: WorkerDeath): void {
    const wasKilled = death.reason === 'heartbeat' || death.signal === 'SIGKILL' || death.signal === 'SIGTERM'
    if (++fn.deaths < (wasKilled ? MAX_KILLS_LOADING : MAX_DEATHS_LOADING)) return
    const message = `"${fn.name}" cannot be loaded: the worker ended while its module was loaded (${describeDeath(death)})`
    this.#scheduler.functionFailed(fn, new ModuleLoadError(message, { module: fn.name }))
  }

  #log(worker: PoolWorker, frame: LogFrame): void {
    const batch = frame.batch === undefined ? undefined : worker.batches.get(frame.batch)
    const job = batch?.job ?? worker.latestJob
    const entry = frame.offset === undefined ? undefined : batch?.itemAt(frame.offset)
    if (job === undefined) this.#scheduler.options.onStrayLog(frame)
    else job.options.logs.take(frame, entry, worker)
  }

  #lateError(worker: PoolWorker, frame: LateErrorFrame): void {
    const error = decode(frame.error.value, frame.error.specials)
    const fn = frame.task === undefined ? undefined : worker.function(frame.task.fn)
    const task = fn === undefined || frame.task === undefined ? undefined : { name: fn.name, index: frame.task.index }
    const identity = task === undefined ? undefined : { ...task, key: 'unhashable' }
    worker.latestJob?.options.events?.({ type: 'late-error', task: identity, worker: worker.ref(), error })
    this.#scheduler.options.onLateError(error, task, worker.ref())
    // What it left behind is unknown: the next task shall not meet it.
    this.#scheduler.replace(worker)
  }

  #tellAll(event: RunEvent): void {
    for (const job of this.#scheduler.jobs) job.options.events?.(event)
  }
}

function started(worker: PoolWorker, frame: StartedFrame): void {
  const batch = worker.batches.get(frame.batch)
  const entry = batch?.peek(frame.offset)
  if (batch === undefined || entry === undefined) return
  batch.job.options.events?.({
    type: 'start',
    task: identityOf(entry),
    attempt: entry.attempts + 1,
    worker: worker.ref(),
  })
}
