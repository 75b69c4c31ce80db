import { describeDeath, type WorkerDeath } from '../../errors/task-errors.ts'
import { BackendError, ModuleLoadError } from '../../errors/worker-errors.ts'
import { monotonicNow } from '../../util/time.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { RunningItem } from '../../wire/protocol/beacon.ts'
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
} from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { RunEvent } from '../observer.ts'
import { settleDeath } from '../outcomes/deaths.ts'
import { loadError } from '../outcomes/load-error.ts'
import { settleDone, taskMsOf } from '../outcomes/settle.ts'
import { identityOf } from '../outcomes/task-failure.ts'
import type { WorkerHandle, WorkerEvents } from '../workers/worker-handle.ts'
import type { Dispatcher } from './dispatcher.ts'

/** Deaths in a row of workers that were making a function ready after which the function is given up. */
const MAX_DEATHS_LOADING = 2
/** The same of deaths that may have come from outside. */
const MAX_KILLS_LOADING = 8

/** What the frames of workers, and their ends, mean. */
export class FrameHandler implements WorkerEvents {
  readonly #dispatcher: Dispatcher

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher
  }

  frame(worker: WorkerHandle, frame: WorkerFrame): void {
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
        return this.#dispatcher.supervisor.cancelled(worker, frame.batch, frame.offset)
      case 'recall':
        return void worker.remoteCache.ask(frame, worker.function(frame.fn))
      case 'keep':
        return worker.remoteCache.keep(frame)
      case 'log':
        return this.#log(worker, frame)
      case 'late-error':
        return this.#lateError(worker, frame)
      case 'closed':
      case 'packed':
        return worker.kill()
    }
  }

  exit(worker: WorkerHandle, death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
    const dispatcher = this.#dispatcher
    // Nobody is to blame, and what it was to have goes to others.
    if (death.none === true) worker.killed = true
    // One that never came up has not seen its functions.
    const unready = worker.killed || worker.state === 'starting' ? [] : worker.unready()
    // First of all: what it had must not be given to it again.
    const error = dispatcher.workerSet.gone(worker, death)
    for (const job of dispatcher.jobs) job.disown(worker)
    worker.remoteCache.end()
    settleDeath(worker, death, running)
    this.#tellAll({ type: 'worker-exit', worker: worker.ref(), death: worker.killed ? undefined : death })
    if (error !== undefined) dispatcher.failAll(error)
    else for (const fn of unready) this.#diedLoading(fn, death)
    dispatcher.pump()
  }

  /** It is to end soon, for reasons of its own. */
  leaving(worker: WorkerHandle): void {
    this.#dispatcher.replace(worker)
  }

  #ready(worker: WorkerHandle, { version }: ReadyFrame): void {
    if (version !== WIRE_VERSION) {
      worker.kill()
      const message = `a worker speaks version ${version} of the protocol, this package ${WIRE_VERSION}: use one release`
      return this.#dispatcher.failAll(new BackendError(message))
    }
    this.#dispatcher.workerSet.ready(worker)
    this.#tellAll({ type: 'worker-start', worker: worker.ref() })
    this.#dispatcher.pumpSoon()
  }

  #done(worker: WorkerHandle, frame: DoneFrame): void {
    const batch = worker.batches.get(frame.batch)
    if (batch === undefined) return
    settleDone(worker, batch, frame)
    if (frame.results.values.length > 0) this.#dispatcher.totals.durations.add(taskMsOf(frame))
    if (frame.memory !== undefined) worker.memory = frame.memory
    // After the job has heard of the failure: if it ends by it, nothing more is sent.
    if (frame.stopped === true) queueMicrotask(() => worker.resume(batch.job))
    if (frame.end) {
      batch.job.requeue(batch.takeFrom(0))
      worker.finish(batch)
      this.#dispatcher.afterBatch(worker)
    }
    this.#dispatcher.pumpSoon()
  }

  #loaded(worker: WorkerHandle, { fn, stateful, steps }: LoadedFrame): void {
    worker.loaded(fn, stateful)
    const use = worker.function(fn)
    if (use !== undefined) use.deaths = 0
    if (steps === undefined || use === undefined) return
    use.steps = steps
    const hasLimits = steps.limits.some((limit) => limit !== undefined)
    for (const job of this.#dispatcher.jobs) if (hasLimits && job.functions.has(use)) job.hasTimeouts = true
  }

  #loadFailed(worker: WorkerHandle, frame: LoadFailedFrame): void {
    const fn = worker.function(frame.fn)
    if (fn === undefined) return
    const error = loadError(fn, frame)
    worker.retryLoad(fn)
    if (fn.load.role !== 'init') return this.#dispatcher.functionFailed(fn, error)
    this.#dispatcher.failAll(error)
    worker.kill()
  }

  /** A worker died while it made a function ready. Once may be bad luck; whoever is killed may have done nothing. */
  #diedLoading(fn: PreparedFunction, death: WorkerDeath): void {
    const wasKilled = death.reason === 'heartbeat' || death.signal === 'SIGKILL' || death.signal === 'SIGTERM'
    if (++fn.deaths < (wasKilled ? MAX_KILLS_LOADING : MAX_DEATHS_LOADING)) return
    const message = `"${fn.name}" cannot be loaded: the worker ended while its module was loaded (${describeDeath(death)})`
    this.#dispatcher.functionFailed(fn, new ModuleLoadError(message, { module: fn.name }))
  }

  #log(worker: WorkerHandle, frame: LogFrame): void {
    const batch = frame.batch === undefined ? undefined : worker.batches.get(frame.batch)
    const job = batch?.job ?? worker.latestJob
    const item = frame.offset === undefined ? undefined : batch?.knownItemAt(frame.offset)
    if (job === undefined) this.#dispatcher.options.onStrayLog(frame)
    else job.options.logs.take(frame, item, worker)
  }

  #lateError(worker: WorkerHandle, frame: LateErrorFrame): void {
    const error = decode(frame.error.value, frame.error.specials)
    const fn = frame.task === undefined ? undefined : worker.function(frame.task.fn)
    const task = fn === undefined || frame.task === undefined ? undefined : { name: fn.name, index: frame.task.index }
    const identity = task === undefined ? undefined : { ...task, key: 'unhashable' }
    worker.latestJob?.options.events?.({ type: 'late-error', task: identity, worker: worker.ref(), error })
    this.#dispatcher.options.onLateError(error, task, worker.ref())
    // What it left behind is unknown: the next task shall not meet it.
    this.#dispatcher.replace(worker)
  }

  #tellAll(event: RunEvent): void {
    for (const job of this.#dispatcher.jobs) job.options.events?.(event)
  }
}

function started(worker: WorkerHandle, frame: StartedFrame): void {
  const batch = worker.batches.get(frame.batch)
  const item = batch?.peek(frame.offset)
  if (batch === undefined || item === undefined) return
  batch.job.options.events?.({
    type: 'start',
    task: identityOf(item),
    attempt: item.attempts + 1,
    worker: worker.ref(),
  })
}
