import type { AroundCall } from '../../task/task-call.ts'
import { isThenable } from '../../util/callbacks.ts'
import type { CallContexts } from '../../util/caller-context.ts'
import { Fifo } from '../../util/fifo.ts'
import { epochTime, monotonicNow } from '../../util/time.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { Beacon } from '../../wire/protocol/beacon.ts'
import { type BatchFrame, type CancelFrame, SLOW_MS } from '../../wire/protocol/frames.ts'
import type { FunctionTable } from '../functions/function-table.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import { endOutput } from '../process/capture-output.ts'
import type { ScopeKeeper, TaskScope } from '../scope/task-scope.ts'
import type { WorkerContext } from '../worker-context.ts'
import { Admission, type Readiness } from './admission.ts'
import { BatchGroup } from './batch-group.ts'
import { BundleCall, encodeBundle } from './bundle-call.ts'
import { callAround, inputOf } from './call-input.ts'
import { encodeOutcome } from './encode-outcome.ts'
import { flushAfter } from './flush-policy.ts'
import { RunningBatch } from './running-batch.ts'

/** After starting tasks of several runs for this many milliseconds, the worker handles messages and timers. */
const TURN_MS = 8

/** The shortest time between two measurements of the worker's memory, in milliseconds. */
const MEMORY_MS = 50

/** The parts that an executor works with. */
export interface ExecutorParts {
  readonly functions: FunctionTable
  readonly scopes: ScopeKeeper
  readonly memory: (() => number) | undefined
  readonly around: AroundCall | undefined
  readonly contexts: CallContexts | undefined
  /** The host's own code runs in this thread, too: then no batch has the thread to itself. */
  readonly sharesThread: boolean
}

/** An asynchronous task that has not settled. */
class InFlightCall {
  readonly batch: RunningBatch
  readonly item: number
  readonly lane: number

  constructor(batch: RunningBatch, item: number, lane: number) {
    this.batch = batch
    this.item = item
    this.lane = lane
  }
}

/**
 * Runs the items of batches in a worker: claims one after the other, calls the function, and sends outcomes together.
 *
 * Synchronous tasks run in one tight loop without a promise each; asynchronous ones up to `concurrency` at a time for
 * each run, runs beside each other (see {@link Admission}).
 */
export class Executor {
  readonly #context: WorkerContext
  readonly #beacon: Beacon
  readonly #functions: FunctionTable
  readonly #scopes: ScopeKeeper
  readonly #memory: (() => number) | undefined
  readonly #around: AroundCall | undefined
  readonly #contexts: CallContexts | undefined
  readonly #admission: Admission
  readonly #groups = new Map<number, BatchGroup<RunningBatch>>()
  /** Groups that may have items to start, in turn. */
  readonly #ready = new Fifo<BatchGroup<RunningBatch>>()
  /** Batches that are not finished. */
  readonly #open = new Set<RunningBatch>()
  readonly #inFlight = new Set<InFlightCall>()
  readonly #freeLanes: number[] = []
  #pumping = false
  #flushScheduled = false
  #measuredAt = 0
  /** The time at which the last task ended, or the executor looked for work. */
  #now = 0

  constructor(context: WorkerContext, parts: ExecutorParts) {
    this.#context = context
    this.#beacon = context.beacon
    this.#functions = parts.functions
    this.#scopes = parts.scopes
    this.#memory = parts.memory
    this.#around = parts.around
    this.#contexts = parts.contexts
    this.#admission = new Admission(
      (batch) => batch.concurrency === 1 && !parts.sharesThread,
      (batch) => this.#readinessOf(batch),
    )
    for (let lane = this.#beacon.lanes - 1; lane >= 0; lane--) this.#freeLanes.push(lane)
  }

  /** Accepts a batch. It runs after the batches before it. */
  accept(frame: BatchFrame): void {
    const batch = new RunningBatch(frame, this.#context, this.#groupOf(frame.group))
    batch.group.open++
    this.#beacon.open(batch.slot, batch.id, batch.length)
    this.#open.add(batch)
    this.#admission.add(batch)
    void batch.reading?.then(() => this.#admit())
    this.#admit()
  }

  /** Called when a function has become ready, or has failed to: batches may be waiting for it. */
  loaded(): void {
    this.#admit()
  }

  /** Gives up a running item. */
  cancel(frame: CancelFrame): void {
    this.#now = monotonicNow()
    for (const call of this.#inFlight) {
      if (call.batch.id !== frame.batch || call.item !== frame.offset) continue
      call.batch.abort(call.item, decode(frame.reason.value, frame.reason.specials))
      this.#drop(call)
      this.#closeIfDone(call.batch)
      this.#setReady(call.batch.group)
      break
    }
    this.#context.port.post({ type: 'cancelled', batch: frame.batch, offset: frame.offset })
    this.#pump()
  }

  /** The host knows of the failure that stopped a group: batches that come from now on are to run. */
  resume(id: number): void {
    const group = this.#groups.get(id)
    if (group === undefined) return
    group.stopped = false
    if (group.open === 0) this.#groups.delete(id)
  }

  /** Fails a running task because of an error outside of its call. Returns false if it no longer runs. */
  fail(scope: TaskScope, thrown: unknown): boolean {
    for (const call of this.#inFlight) {
      if (call.batch !== scope.batch || call.item !== scope.item) continue
      this.#arrive(call, thrown, true)
      return true
    }
    return false
  }

  #groupOf(id: number): BatchGroup<RunningBatch> {
    let group = this.#groups.get(id)
    if (group === undefined) this.#groups.set(id, (group = new BatchGroup<RunningBatch>(id)))
    return group
  }

  #readinessOf(batch: RunningBatch): Readiness {
    if (batch.group.stopped || batch.isUnread) return 'never'
    if (batch.reading !== undefined) return 'loading'
    if (batch.loaded || this.#functions.bind(batch)) return 'ready'
    return this.#functions.isLoading(batch) ? 'loading' : 'never'
  }

  /** Lets batches begin that may. */
  #admit(): void {
    this.#admission.admit(
      (batch) => {
        batch.group.queue.push(batch)
        this.#setReady(batch.group)
      },
      (batch) => this.#abandon(batch),
    )
    this.#pump()
  }

  /** None of a batch runs: a function or its rows cannot be had here, or its run has been stopped. */
  #abandon(batch: RunningBatch): void {
    this.#beacon.revoke(batch.slot, batch.id)
    batch.exhausted = true
    this.#closeIfDone(batch)
  }

  #setReady(group: BatchGroup<RunningBatch>): void {
    if (group.isReady || group.queue.length === 0) return
    group.isReady = true
    this.#ready.push(group)
  }

  /** Starts what can be started. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#now = monotonicNow()
    const until = this.#now + TURN_MS
    let last: BatchGroup<RunningBatch> | undefined
    while (this.#ready.first !== undefined && this.#freeLanes.length > 0) {
      const group = this.#ready.first
      if (this.#now > until && group !== last) {
        setImmediate(() => this.#pump())
        break
      }
      this.#ready.shift()
      group.isReady = false
      last = group
      this.#fill(group)
    }
    this.#pumping = false
    if (this.#inFlight.size > 0) this.#flushSoon()
  }

  /** Starts items of a group's oldest batch, as many as may run. */
  #fill(group: BatchGroup<RunningBatch>): void {
    const batch = group.queue[0]
    if (batch === undefined) return
    if (group.running === 0) group.mark = this.#now
    while (group.running < batch.concurrency && this.#freeLanes.length > 0) {
      const item = batch.hasBundles
        ? this.#beacon.claimUpTo(batch.slot, (first) => batch.endOfCall(first))
        : this.#beacon.claim(batch.slot)
      if (item < 0) {
        group.queue.shift()
        batch.exhausted = true
        this.#closeIfDone(batch)
        break
      }
      this.#start(batch, item)
    }
    if (group.running < batch.concurrency) this.#setReady(group)
  }

  #start(batch: RunningBatch, item: number): void {
    const fn = batch.fn(item)
    const lane = this.#freeLanes.pop() as number
    this.#beacon.enter(lane, batch.slot, item, this.#now)
    if (fn.announce) this.#context.port.post({ type: 'started', batch: batch.id, offset: item })
    let outcome: unknown
    let failed = false
    try {
      const context = batch.contextOf(this.#contexts, item)
      outcome =
        context === undefined ? this.#call(batch, item, lane, fn) : context.run(() => this.#call(batch, item, lane, fn))
      if (isThenable(outcome)) {
        batch.group.enter(this.#beacon.startedAt(lane))
        this.#launch(new InFlightCall(batch, item, lane), outcome)
        return
      }
    } catch (thrown) {
      outcome = thrown
      failed = true
    }
    this.#finish(batch, item, lane, fn, outcome, failed, false)
  }

  #call(batch: RunningBatch, item: number, lane: number, fn: LoadedFunction): unknown {
    const around = this.#around
    if (fn.bundle !== undefined)
      return this.#scopes.run(batch, item, lane, BundleCall.run, new BundleCall(batch, item, fn, around))
    return around === undefined
      ? this.#scopes.run(batch, item, lane, batch.spread ? fn.invokeSpread : fn.invoke, inputOf(batch, item, fn))
      : this.#scopes.run(batch, item, lane, () => callAround(around, batch, item), undefined)
  }

  #launch(call: InFlightCall, outcome: PromiseLike<unknown>): void {
    this.#inFlight.add(call)
    call.batch.running++
    call.batch.waited = true
    outcome.then(
      (value) => this.#arrive(call, value, false),
      (thrown: unknown) => this.#arrive(call, thrown, true),
    )
  }

  #arrive(call: InFlightCall, outcome: unknown, failed: boolean): void {
    // It has its outcome if it was cancelled, or failed by an error outside of its promise.
    if (!this.#inFlight.delete(call)) return
    call.batch.running--
    call.batch.outbox.addWait(monotonicNow() - this.#beacon.startedAt(call.lane))
    this.#finish(call.batch, call.item, call.lane, call.batch.fn(call.item), outcome, failed, true)
    this.#closeIfDone(call.batch)
    this.#setReady(call.batch.group)
    this.#pump()
  }

  /** Removes a cancelled call; its outcome will be ignored. */
  #drop(call: InFlightCall): void {
    this.#inFlight.delete(call)
    call.batch.running--
    this.#freeLane(call.lane)
    call.batch.group.leave(this.#now)
  }

  #finish(
    batch: RunningBatch,
    item: number,
    lane: number,
    fn: LoadedFunction,
    outcome: unknown,
    failed: boolean,
    waited: boolean,
  ): void {
    let isFatal: boolean
    if (fn.bundle !== undefined) isFatal = this.#encodeBundle(batch, item, lane, fn, outcome, failed)
    else {
      // The host could not make the text of a result that it read in the beacon.
      if (failed || fn.asText || !this.#beacon.stage(batch.slot, item, outcome)) batch.outbox.isShown = false
      const succeeded = encodeOutcome(batch.outbox, item, fn, outcome, failed)
      // One look at the clock for the end of a task and the start of the next: it costs more than a short task.
      this.#now = monotonicNow()
      if (fn.measure !== false) this.#measure(batch, lane, fn.measure, succeeded, 1)
      isFatal = !succeeded && batch.isFatal(item)
    }
    this.#scopes.end(batch, item)
    if (batch.halves !== undefined || batch.groups !== undefined) endOutput(batch, item)
    this.#freeLane(lane)
    if (waited) batch.group.leave(this.#now)
    else batch.group.worked(this.#beacon.startedAt(lane), this.#now)
    if (isFatal) this.#stop(batch)
    if (this.#now - batch.group.mark > flushAfter(batch) && !this.#endsNow(batch)) this.#flush(batch, false)
  }

  #encodeBundle(
    batch: RunningBatch,
    first: number,
    lane: number,
    fn: LoadedFunction,
    outcome: unknown,
    failed: boolean,
  ): boolean {
    this.#now = monotonicNow()
    const { measure } = fn
    const count = batch.endOfCall(first) - first
    return encodeBundle(batch, first, fn, this.#beacon, outcome, failed, (succeeded) => {
      if (measure !== false) this.#measure(batch, lane, measure, succeeded, count)
    })
  }

  /** `inputs`: that of its call, of whose time each has its share. */
  #measure({ outbox }: RunningBatch, lane: number, which: 'each' | 'slow', succeeded: boolean, inputs: number): void {
    const startedAt = this.#beacon.startedAt(lane)
    const ms = this.#now - startedAt
    if (which === 'each') outbox.addTimes(epochTime(startedAt), ms)
    else {
      const counts = !succeeded || ms >= SLOW_MS * inputs
      if (counts || outbox.size === 1) outbox.noteTime(epochTime(startedAt), ms / inputs, counts)
    }
  }

  /** A failure ends the run of a batch: no item of it begins any more. */
  #stop(failed: RunningBatch): void {
    const { group } = failed
    group.stopped = true
    failed.outbox.hasStopped = true
    group.mark = 0
    for (const batch of group.queue) this.#beacon.revoke(batch.slot, batch.id)
  }

  /** Returns true if the next look for work ends the batch, which sends its last outcomes anyway. */
  #endsNow(batch: RunningBatch): boolean {
    const { group } = batch
    if (group.running > 0 || group.queue[0] !== batch || !this.#beacon.isEmpty(batch.slot)) return false
    return this.#pumping || this.#ready.length === 0
  }

  #freeLane(lane: number): void {
    this.#beacon.leave(lane)
    this.#freeLanes.push(lane)
  }

  #closeIfDone(batch: RunningBatch): void {
    if (!batch.exhausted || batch.running > 0 || !this.#open.delete(batch)) return
    this.#flush(batch, true)
    batch.release()
    const { group } = batch
    if (--group.open === 0 && !group.stopped) this.#groups.delete(group.id)
    if (this.#admission.finished(batch)) this.#admit()
  }

  #flush(batch: RunningBatch, end: boolean): void {
    const now = this.#now
    const done = batch.outbox.size
    const ms = batch.group.takeBusyMs(now)
    const memory = end ? this.#measureMemory(now) : undefined
    const { frame, transfer } = batch.outbox.take(ms, end, memory, batch.keys, batch.contentsOf)
    // Waiting tasks would lose their contexts.
    if (done > 0 && this.#inFlight.size === 0) this.#scopes.adapt(ms / done, batch.waited)
    this.#context.port.post(frame, transfer)
    batch.group.mark = now
  }

  /** Measuring takes some microseconds, so it is done only every `MEMORY_MS`. */
  #measureMemory(now: number): number | undefined {
    if (now - this.#measuredAt < MEMORY_MS) return undefined
    this.#measuredAt = now
    return this.#memory?.()
  }

  /** Sends finished outcomes while other tasks wait for something. */
  #flushSoon(): void {
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    setImmediate(() => {
      this.#flushScheduled = false
      this.#now = monotonicNow()
      for (const batch of this.#open) if (batch.outbox.size > 0) this.#flush(batch, false)
    })
  }
}
