import type { AroundCall } from '../../task/task-call.ts'
import { isThenable } from '../../util/callbacks.ts'
import { monotonicNow } from '../../util/time.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { Beacon } from '../../wire/protocol/beacon.ts'
import type { BatchFrame, CancelFrame } from '../../wire/protocol/frames.ts'
import type { FunctionTable } from '../functions/function-table.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import { endOutput } from '../process/capture-output.ts'
import type { ScopeKeeper, TaskScope } from '../scope/task-scope.ts'
import type { WorkerContext } from '../worker-context.ts'
import { encodeFailure, encodeResult } from './encode-outcome.ts'
import { RunningBatch } from './running-batch.ts'

/** The longest time that finished results wait for others to be sent with, in milliseconds. */
const FLUSH_MS = 1
/**
 * The same for results that the host can read in the beacon if a slow task comes next: each message costs about 20 µs.
 */
const FLUSH_SHOWN_MS = 3

/** The shortest time between two measurements of the worker's memory, in milliseconds. */
const MEMORY_MS = 50

/** The parts that an executor works with. */
export interface ExecutorParts {
  readonly functions: FunctionTable
  readonly scopes: ScopeKeeper
  readonly memory: (() => number) | undefined
  readonly around: AroundCall | undefined
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
 * Runs the items of batches in a worker: claims one after the other, calls the function, and sends outcomes in groups.
 *
 * Synchronous tasks run in one tight loop without a promise each; asynchronous ones up to `concurrency` at a time.
 */
export class Executor {
  readonly #context: WorkerContext
  readonly #beacon: Beacon
  readonly #functions: FunctionTable
  readonly #scopes: ScopeKeeper
  readonly #memory: (() => number) | undefined
  readonly #around: AroundCall | undefined
  /** Batches with items to claim, oldest first. */
  readonly #queue: RunningBatch[] = []
  /** Batches that are not finished. */
  readonly #open = new Set<RunningBatch>()
  readonly #inFlight = new Set<InFlightCall>()
  readonly #freeLanes: number[] = []
  #running = 0
  #group = -1
  #pumping = false
  #flushScheduled = false
  #measuredAt = 0
  /** The time at which the last task ended, or the executor looked for work. */
  #now = 0
  /** The time at which the last outcomes were sent, or work began. */
  #mark = 0

  constructor(context: WorkerContext, parts: ExecutorParts) {
    this.#context = context
    this.#beacon = context.beacon
    this.#functions = parts.functions
    this.#scopes = parts.scopes
    this.#memory = parts.memory
    this.#around = parts.around
    for (let lane = this.#beacon.lanes - 1; lane >= 0; lane--) this.#freeLanes.push(lane)
  }

  /** Accepts a batch. It runs after the batches before it. */
  accept(frame: BatchFrame): void {
    const batch = new RunningBatch(frame, this.#context)
    this.#beacon.open(batch.slot, batch.id, batch.length)
    this.#queue.push(batch)
    this.#open.add(batch)
    this.#pump()
  }

  /** Called when a function has become ready, or has failed to: batches may be waiting for it. */
  resume(): void {
    this.#pump()
  }

  /** Gives up a running item. */
  cancel(frame: CancelFrame): void {
    for (const call of this.#inFlight) {
      if (call.batch.id !== frame.batch || call.item !== frame.offset) continue
      call.batch.abort(call.item, decode(frame.reason.value, frame.reason.specials))
      this.#drop(call)
      this.#closeIfDone(call.batch)
      break
    }
    this.#context.port.post({ type: 'cancelled', batch: frame.batch, offset: frame.offset })
    this.#pump()
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

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#now = monotonicNow()
    if (this.#running === 0) this.#mark = this.#now
    for (let batch = this.#queue[0]; batch !== undefined; batch = this.#queue[0]) {
      if (!batch.loaded && !this.#functions.bind(batch)) {
        if (this.#functions.isLoading(batch)) break
        this.#abandon(batch)
        continue
      }
      if (this.#running > 0 && (batch.group !== this.#group || this.#running >= batch.concurrency)) break
      this.#group = batch.group
      const item = this.#beacon.claim(batch.slot)
      if (item >= 0) this.#start(batch, item)
      else {
        this.#queue.shift()
        batch.exhausted = true
        this.#closeIfDone(batch)
      }
    }
    this.#pumping = false
    if (this.#running > 0) this.#flushSoon()
  }

  /** Gives up a batch one of whose functions cannot be loaded: none of its items run. */
  #abandon(batch: RunningBatch): void {
    this.#beacon.revoke(batch.slot, batch.id)
    this.#queue.shift()
    batch.exhausted = true
    this.#closeIfDone(batch)
  }

  #start(batch: RunningBatch, item: number): void {
    const fn = batch.fn(item)
    const lane = this.#freeLanes.pop() ?? 0
    this.#beacon.enter(lane, batch.slot, item, this.#now)
    this.#running++
    if (fn.announce) this.#context.port.post({ type: 'started', batch: batch.id, offset: item })
    let outcome: unknown
    let failed = false
    try {
      const around = this.#around
      outcome =
        around === undefined
          ? this.#scopes.run(batch, item, lane, batch.spread ? fn.invokeSpread : fn.invoke, batch.input(item))
          : this.#scopes.run(batch, item, lane, () => callAround(around, batch, item), undefined)
      if (isThenable(outcome)) {
        this.#launch(new InFlightCall(batch, item, lane), outcome)
        return
      }
    } catch (thrown) {
      outcome = thrown
      failed = true
    }
    this.#finish(batch, item, lane, fn, outcome, failed)
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
    this.#finish(call.batch, call.item, call.lane, call.batch.fn(call.item), outcome, failed)
    this.#closeIfDone(call.batch)
    this.#pump()
  }

  /** Removes a cancelled call; its outcome will be ignored. */
  #drop(call: InFlightCall): void {
    this.#inFlight.delete(call)
    call.batch.running--
    this.#leaveLane(call.lane)
  }

  #finish(
    batch: RunningBatch,
    item: number,
    lane: number,
    fn: LoadedFunction,
    outcome: unknown,
    failed: boolean,
  ): void {
    if (failed || !this.#beacon.stage(batch.slot, item, outcome)) batch.outbox.isShown = false
    if (failed) encodeFailure(batch.outbox, item, fn, outcome)
    else {
      try {
        encodeResult(batch.outbox, item, fn, outcome)
      } catch (thrown) {
        // A faulty result may throw only when it is read. That is a failure of the task, too.
        encodeFailure(batch.outbox, item, fn, thrown)
      }
    }
    if (fn.measure) this.#measure(batch, lane)
    this.#leaveLane(lane)
    this.#scopes.end(batch, item)
    if (batch.halves !== undefined) endOutput(batch, item)
    // One look at the clock for the end of a task and the start of the next: it costs more than a short task.
    this.#now = monotonicNow()
    const patience = batch.outbox.isShown ? FLUSH_SHOWN_MS : FLUSH_MS
    if (this.#now - this.#mark > patience && !this.#endsNow(batch)) this.#flush(batch, false)
  }

  #measure(batch: RunningBatch, lane: number): void {
    const ms = monotonicNow() - this.#beacon.startedAt(lane)
    batch.outbox.addTimes(Date.now() - ms, ms)
  }

  /** Returns true if the next look for work ends the batch, which sends its last outcomes anyway. */
  #endsNow(batch: RunningBatch): boolean {
    return this.#running === 0 && this.#queue[0] === batch && this.#beacon.isEmpty(batch.slot)
  }

  #leaveLane(lane: number): void {
    this.#beacon.leave(lane)
    this.#freeLanes.push(lane)
    this.#running--
  }

  #closeIfDone(batch: RunningBatch): void {
    if (!batch.exhausted || batch.running > 0) return
    if (this.#open.delete(batch)) this.#flush(batch, true)
  }

  #flush(batch: RunningBatch, end: boolean): void {
    const now = this.#now
    const done = batch.outbox.size
    const memory = end ? this.#measureMemory(now) : undefined
    const { frame, transfer } = batch.outbox.take(now - this.#mark, end, memory)
    // Waiting tasks would lose their contexts.
    if (done > 0 && this.#inFlight.size === 0) this.#scopes.adapt((now - this.#mark) / done, batch.waited)
    this.#context.port.post(frame, transfer)
    batch.outbox.posted()
    this.#mark = now
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

/** Calls the function of an item through the wrapper of calls. */
function callAround(around: AroundCall, batch: RunningBatch, item: number): unknown {
  const { name, invoke, invokeSpread, locate, mapStack } = batch.fn(item)
  // Made before the call: an unreadable input is not a failure of the function.
  const copies = [batch.inputCopy(item)]
  const call = (): unknown => (batch.spread ? invokeSpread : invoke)(copies.pop() ?? batch.inputCopy(item))
  return around(call, {
    name,
    index: batch.index(item),
    attempt: batch.attempt(item),
    input: () => batch.inputCopy(item),
    locate,
    mapStack,
  })
}
