import { TaskAbortedError, TaskError } from '../../errors/task-errors.ts'
import { allowsRetry, retryDelay } from '../../task/failure-policy.ts'
import { monotonicNow } from '../../util/time.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import { failureOf } from '../outcomes/task-failure.ts'
import { BatchSizer } from './batch-sizer.ts'
import type { Chunk } from './chunk.ts'
import { DelayedItems } from './delayed-items.ts'
import { ItemChunk } from './item-chunk.ts'
import type { Item } from './item.ts'
import type { Timing } from './job-observers.ts'
import type { JobOptions } from './job-options.ts'
import { Median } from './median.ts'
import { OwnedFunctions } from './owned-functions.ts'
import { PendingQueue } from './pending-queue.ts'
import type { Sink, Source, SourcePort } from './ports.ts'

let lastId = 0

/**
 * Work that a dispatcher distributes among workers: takes items from a source, retries them, gives outcomes to a sink.
 *
 * It counts its items in flight: `take` and `takeSuspect` hand them out; `fulfil`, `fulfilTogether`, `reject`,
 * `attemptFailed`, `requeue` and `suspect` bring them back. The sink is told of outcomes together, at the end of the turn.
 */
export class Job implements SourcePort {
  readonly id: number = ++lastId
  readonly options: JobOptions
  readonly startedAt: number = monotonicNow()
  readonly sizer: BatchSizer
  /** Run times of tasks that succeeded, in milliseconds. */
  readonly durations: Median = new Median()
  /** The functions that its items call. */
  readonly functions: Set<PreparedFunction>
  done = 0
  failed = 0
  retried = 0
  /** Of those that are done, the number that came from a cache. */
  cached = 0
  /** True while its work keeps the process alive. */
  isAwaited = true
  readonly #source: Source
  readonly #sink: Sink
  #workTime = 0
  /** Called when there may be something to do. */
  #onWork: () => void = () => {}
  readonly pending: PendingQueue
  readonly #delayed = new DelayedItems()
  /** The functions of its workers, if each has its own. */
  readonly owned: OwnedFunctions | undefined
  #state: 'open' | 'stopped' | 'ended' = 'open'
  /** Items that workers have. */
  #inFlight = 0
  /** The sink has outcomes to flush. */
  #unflushed = false
  /** The reason why no more tasks are started; undefined while they are. */
  #halted: string | undefined

  constructor(options: JobOptions, source: Source, sink: Sink) {
    this.options = options
    this.sizer = new BatchSizer(options.batch, options.maxBatch, options.batchMs)
    this.functions = options.functions
    this.#source = source
    this.pending = new PendingQueue(source, options.limiter)
    this.#sink = sink
    this.owned = options.perWorker && new OwnedFunctions(options.perWorker)
    source.attach?.(this)
  }

  /** Items that workers have. */
  get inFlight(): number {
    return this.#inFlight
  }

  /**
   * Called by the dispatcher that takes the job up. `wake` is called when there may be something to do; `workTime`, in
   * milliseconds, is the worker time that it is credited with, so that it starts even with the other jobs.
   */
  takenUp(wake: () => void, workTime: number): void {
    this.#onWork = wake
    this.#workTime = workTime
    this.options.limiter?.onOpen(() => this.wake())
  }

  /** Milliseconds of worker time that it has had, for fair shares. */
  get workTime(): number {
    return this.#workTime
  }

  /** True if some of its tasks may have a timeout. */
  get hasTimeouts(): boolean {
    if (this.options.hasTimeouts || this.#source.hasTimeouts === true) return true
    for (const fn of this.functions) if (fn.hasTimeLimits) return true
    return false
  }

  /** Run times for timeouts in medians: those of a function's tasks, or of all tasks of the job. */
  durationsOf(fn: PreparedFunction): Median {
    return this.options.mediansApart === true ? fn.durations : this.durations
  }

  /** Records `items` outcomes that took `ms` milliseconds of a worker; `taskMs` is the time of one task, if known. */
  worked(items: number, ms: number, bytes: number, taskMs: number | undefined): void {
    this.#workTime += ms
    this.sizer.observe(items, ms, bytes)
    if (items > 0 && taskMs !== undefined) this.durations.add(taskMs)
  }

  /** Called by its dispatcher (see `Dispatcher.await`). */
  awaited(isAwaited: boolean): void {
    this.isAwaited = isAwaited
    for (const timers of [this.#delayed, this.options.limiter, this.#source]) timers?.hold?.(isAwaited)
  }

  /** Called when there may be something to do: room for inputs, or more of them. */
  wake(): void {
    if (this.#state === 'open') this.#onWork()
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  /** Higher comes first. */
  get priority(): number {
    return this.#source.priority?.() ?? this.options.priority
  }

  /** Number of items that no worker has, if that is known. */
  remaining(): number | undefined {
    return this.pending.remaining()
  }

  /** True if nothing waits for a worker now. */
  get isDrained(): boolean {
    return this.pending.isDrained
  }

  get hasSuspects(): boolean {
    return this.pending.hasSuspects
  }

  /** Returns true if something waits that a worker could take now. */
  hasWork(): boolean {
    return this.#state === 'open' && this.options.context.run(() => this.pending.hasWork())
  }

  /** Hands out a call that must run with nothing else in its worker. */
  takeSuspect(): Chunk | undefined {
    const chunk = this.pending.takeSuspect()
    this.#inFlight += chunk?.length ?? 0
    return chunk
  }

  /** Hands out items for one batch of a worker, at most `max`; undefined if there are none now. */
  take(max: number, worker?: object): Chunk | undefined {
    const chunk = this.#state === 'open' ? this.options.context.run(() => this.pending.take(max, worker)) : undefined
    this.#inFlight += chunk?.length ?? 0
    return chunk
  }

  /** Called when no worker can load a function. */
  functionFailed(fn: PreparedFunction): void {
    if (this.options.failsWhole) {
      if (this.functions.has(fn)) this.fail(fn.failed)
      return
    }
    for (const item of this.pending.takeOut((waiting) => waiting.fn === fn)) this.refuse(item, fn.failed)
  }

  /** Takes back items that did not run, or whose attempt does not count. */
  requeue(items: readonly Item[]): void {
    if (items.length === 0) return
    const able = items.filter((item) => item.fn.failed === undefined)
    for (const item of items) {
      if (item.fn.failed === undefined) continue
      for (const other of this.pending.giveUpSearch(item)) this.refuse(other, item.fn.failed)
      this.reject(item, item.fn.failed)
    }
    if (this.#halted !== undefined) return this.#abort(able, this.#halted)
    this.#inFlight -= able.length
    if (this.#state !== 'open') return
    this.pending.requeue(able)
    this.#onWork()
  }

  /** Takes back the items of a call that may have killed its worker. */
  suspect(items: readonly Item[]): void {
    if (this.#halted !== undefined) return this.#abort(items, this.#halted)
    this.#inFlight -= items.length
    if (this.#state !== 'open') return
    this.pending.suspect(items)
    this.#onWork()
  }

  /** The result of the input at an offset of a chunk. */
  fulfil(chunk: Chunk, offset: number, value: unknown, bytes: number): void {
    this.#inFlight--
    if (this.#state !== 'open') return
    this.done++
    chunk.release(offset, 1)
    this.#sink.fulfil(chunk, offset, value, bytes)
    if (!this.#unflushed) this.#flushSoon()
  }

  /** True if its sink takes values together. */
  get takesValues(): boolean {
    return this.#sink.fulfilAll !== undefined
  }

  /** The results of `count` inputs from an offset of a chunk on; `give` hands them to the sink. */
  fulfilTogether(chunk: Chunk, offset: number, count: number, give: (sink: Sink) => void): void {
    this.#inFlight -= count
    if (this.#state !== 'open') return
    this.done += count
    give(this.#sink)
    chunk.release(offset, count)
    this.#flushSoon()
  }

  /** The result of an item that needs no worker. */
  hit(item: Item, value: unknown, bytes: number): void {
    const chunk = new ItemChunk([item])
    if (this.#state === 'open') {
      this.cached++
      this.options.observers.cached(chunk, 0, value)
    }
    this.#inFlight++
    this.fulfil(chunk, 0, value, bytes)
  }

  /** Called when a call failed: its items run again, together, or fail. `more`: retries beside their policy. */
  attemptsFailed(items: readonly Item[], errorOf: (item: Item) => TaskError, timing?: Timing, more = 0): void {
    const again: Item[] = []
    for (const item of items) {
      const error = errorOf(item)
      item.failures++
      item.search = undefined
      if (!this.#runsAgain(item, error, more)) this.reject(item, error, timing)
      else {
        this.#tellFailed(item, error, false, item.attempts, timing)
        again.push(item)
      }
    }
    const [first] = again
    if (first === undefined) return
    this.#inFlight -= again.length
    this.retried += again.length
    this.#delayed.add(again, retryDelay(first.policy.retries, first.failures + 1), () => {
      this.pending.retry(again)
      this.#onWork()
    })
  }

  #runsAgain(item: Item, error: TaskError, more: number): boolean {
    if (this.#state !== 'open' || this.#halted !== undefined || item.transfer !== undefined) return false
    return item.failures <= item.policy.retries.times + more && this.#mayRetry(item, error)
  }

  /** True if items that failed together are run again, to find out which of them is at fault. */
  get searches(): boolean {
    return this.#state === 'open' && this.#halted === undefined
  }

  /** Called when a call with several items failed, and `searches` is true. `isAlone`: it may have killed its worker. */
  callFailed(items: readonly Item[], isAlone: boolean): void {
    this.#inFlight -= items.length
    this.pending.callFailed(items, isAlone)
    this.#onWork()
  }

  #mayRetry(item: Item, error: TaskError): boolean {
    try {
      return (item.context ?? this.options.context).run(() => allowsRetry(item.policy.retries, error))
    } catch (thrown) {
      this.fail(thrown)
      return false
    }
  }

  /** Called when a call lost its worker: it runs again, `amongOthers`, or alone if it may have been the cause. */
  crashed(items: readonly Item[], errorOf: (item: Item) => TaskError, amongOthers: boolean, timing?: Timing): void {
    for (const item of items) this.#tellFailed(item, errorOf(item), false, item.attempts, timing)
    if (amongOthers) this.requeue(items)
    else this.suspect(items)
  }

  /** Tells observers of an attempt that was no success, or of a task that does not run. */
  #tellFailed(item: Item, error: unknown, final: boolean, attempt: number, timing: Timing | undefined): void {
    const { observers, failsWhole } = this.options
    if (observers.endedBadly(item, error, final, attempt, timing, failsWhole)) this.#flushSoon()
  }

  /** Fails an item that a worker has, for good. `isTold`: observers were told already. */
  reject(item: Item, error: unknown, timing?: Timing, isTold = false): void {
    this.#inFlight--
    if (!this.#runsHere(item, error)) this.#failForGood(item, error, item.attempts, timing, isTold)
  }

  /** Fails an item that no worker has, for good: it cannot be sent, or must not run any more. */
  refuse(item: Item, error: unknown): void {
    if (!this.#runsHere(item, error)) this.#failForGood(item, error, 0, undefined)
  }

  /** Has an item run in this thread whose input or result cannot be sent, if the run falls back. Returns false if not. */
  #runsHere(item: Item, error: unknown): boolean {
    const mayRun = this.#state === 'open' && this.#halted === undefined
    if (!mayRun || this.options.runHere?.(item, error) !== true) return false
    this.#inFlight++
    return true
  }

  #failForGood(item: Item, error: unknown, attempt: number, timing: Timing | undefined, isTold = false): void {
    if (this.#state !== 'open') return
    this.failed++
    if (!isTold) this.#tellFailed(item, error, true, attempt, timing)
    item.release()
    this.#sink.reject(item, error)
    this.#flushSoon()
  }

  /** Flushes at the end of the turn: waking the consumer costs more than an outcome, so it is done once for many. */
  #flushSoon(): void {
    if (this.#unflushed) return
    this.#unflushed = true
    queueMicrotask(() => {
      try {
        this.flush()
      } catch (error) {
        this.fail(error)
      }
    })
  }

  /** Flushes the sink, if it has new outcomes. Ends the job if they were the last. */
  flush(): void {
    if (!this.#unflushed) return
    this.#handOn()
    this.endIfDone()
  }

  #handOn(): void {
    if (!this.#unflushed) return
    this.#unflushed = false
    if (this.#state !== 'open') return
    this.options.observers.flush()
    this.#sink.flush()
  }

  endIfDone(): void {
    if (this.#state !== 'open' || !this.#source.exhausted) return
    if (this.#inFlight > 0 || this.#delayed.size > 0 || !this.pending.isEmpty) return
    this.#handOn() // May end the job by a halt rule.
    if (!this.open) return
    this.#state = 'ended'
    this.options.limiter?.close()
    this.options.observers.close()
    this.#sink.end(this.#source.error)
  }

  /** Fails the job as a whole: outcomes given so far stay, the other items have none but this error. */
  fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.stop()
    this.#sink.end({ thrown: error })
  }

  /** Starts no more tasks: items that wait, or come back, fail as aborted. Running tasks may finish. */
  halt(why: string): void {
    if (this.#state !== 'open' || this.#halted !== undefined) return
    this.#halted = why
    for (const item of this.#clearPending()) this.refuse(item, new TaskAbortedError(failureOf(item), why))
    // If no worker has an item, this is the end of the job.
    this.endIfDone()
  }

  /** Fails items in flight that have no other outcome. */
  #abort(items: readonly Item[], why: string): void {
    for (const item of items) {
      this.#inFlight--
      this.refuse(item, new TaskAbortedError(failureOf(item), why))
    }
  }

  /** Stops the job. Items without an outcome get none. */
  stop(): void {
    if (this.#state !== 'open') return
    // The consumer gets the outcomes from before the stop.
    this.#handOn()
    this.#state = 'stopped'
    this.options.observers.close()
    this.#clearPending()
  }

  /** Takes out all items that wait. */
  #clearPending(): Item[] {
    this.options.limiter?.close()
    return [...this.options.context.run(() => this.pending.clear()), ...this.#delayed.clear()]
  }
}
