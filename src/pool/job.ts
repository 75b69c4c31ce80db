import { TaskAbortedError } from '../errors/task-aborted-error.ts'
import { TaskError } from '../errors/task-error.ts'
import { timerDelay } from '../util/timer-delay.ts'
import { copyMemory } from '../wire/codec/copy-memory.ts'
import type { Timing } from './attempts.ts'
import { Backlog } from './backlog.ts'
import { BatchSizer } from './batch-sizer.ts'
import { EntryLot } from './entry-lot.ts'
import type { Entry } from './entry.ts'
import type { FunctionUse } from './function-use.ts'
import type { JobOptions } from './job-options.ts'
import type { Lot } from './lot.ts'
import { Median } from './median.ts'
import { retryDelay } from './policy.ts'
import type { Sink } from './sink.ts'
import type { Supply } from './supply.ts'
import { failureOf, identityOf } from './task-failure.ts'

let lastId = 0

/**
 * Work that a scheduler shares out among workers: entries from a supply, outcomes to a sink, and in between what
 * happens to entries that have to run again.
 */
export class Job {
  readonly id: number = ++lastId
  readonly options: JobOptions
  readonly sizer: BatchSizer
  /** What tasks took that succeeded. */
  readonly durations: Median = new Median()
  /** Milliseconds of worker time that it has had, for fair shares. */
  workTime = 0
  /** Entries that workers have. */
  inFlight = 0
  /** The functions that its entries call. */
  readonly functions: Set<FunctionUse> = new Set()
  /** Tasks of it have a limit in time. */
  hasTimeouts: boolean
  done = 0
  failed = 0
  retried = 0
  /** Of those that are done, how many never came to a worker. */
  cached = 0
  readonly #supply: Supply
  readonly #sink: Sink
  /** Told when there may be something to do. */
  #onWork: () => void = () => {}
  readonly #backlog: Backlog
  /** Entries that wait for their next attempt. */
  readonly #delayed = new Map<Entry, NodeJS.Timeout>()
  /** Whose each of the functions per worker is. */
  readonly #owners: (object | undefined)[]
  #state: 'open' | 'stopped' | 'ended' = 'open'
  /** Why nothing more is started. */
  #halted: string | undefined

  constructor(options: JobOptions, supply: Supply, sink: Sink) {
    this.options = options
    this.sizer = new BatchSizer(options.batch)
    this.hasTimeouts = options.hasTimeouts
    this.#supply = supply
    this.#backlog = new Backlog(supply, options.gate)
    this.#sink = sink
    this.#owners = (options.perWorker ?? []).map(() => undefined)
  }

  onWork(wake: () => void): void {
    this.#onWork = wake
    this.options.gate?.onOpen(() => this.wake())
  }

  /** There may be something to do: room for inputs, or more of them. */
  wake(): void {
    if (this.#state === 'open') this.#onWork()
  }

  /** Somebody is told of each outcome by itself. */
  get tellsEach(): boolean {
    return this.options.events !== undefined || this.options.attempts !== undefined
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  /** Higher comes first. */
  get priority(): number {
    return this.#supply.priority?.() ?? this.options.priority
  }

  /** The function for a worker, where each has its own; a worker that comes for one that died gets that one's. */
  functionFor(worker: object): FunctionUse | undefined {
    const { perWorker } = this.options
    if (perWorker === undefined) return undefined
    let at = this.#owners.indexOf(worker)
    if (at < 0) this.#owners[(at = this.#owners.findIndex((owner) => owner === undefined))] = worker
    return perWorker[at]
  }

  /** Whether a worker has a function of its own, or there is one for it. */
  hasFunctionFor(worker: object): boolean {
    return this.options.perWorker === undefined || this.#owners.includes(worker) || this.#owners.includes(undefined)
  }

  /** A worker is gone: another can take its function over. */
  disown(worker: object): void {
    const at = this.#owners.indexOf(worker)
    if (at >= 0) this.#owners[at] = undefined
  }

  /** Entries that no worker has, where that is known. */
  remaining(): number | undefined {
    return this.#backlog.remaining()
  }

  /** Nothing waits for a worker now. */
  get isDrained(): boolean {
    return this.#backlog.isDrained
  }

  get hasSuspects(): boolean {
    return this.#backlog.hasSuspects
  }

  /** Whether something waits that a worker could take now. */
  hasWork(): boolean {
    return this.#state === 'open' && this.#backlog.hasWork()
  }

  /** An entry to be run with nothing else in its worker. */
  takeSuspect(): Entry | undefined {
    return this.#backlog.takeSuspect()
  }

  /** Inputs for one batch, at most `max`; undefined where none can be had now. */
  take(max: number): Lot | undefined {
    return this.#state === 'open' ? this.#backlog.take(max) : undefined
  }

  /** A function cannot be made ready anywhere. */
  functionFailed(fn: FunctionUse): void {
    if (this.options.failsWhole) {
      if (this.functions.has(fn)) this.fail(fn.failed)
      return
    }
    const hopeless = this.#backlog.takeOut((entry) => entry.fn === fn)
    this.inFlight += hopeless.length
    for (const entry of hopeless) this.reject(entry, fn.failed)
    this.flush()
  }

  /** Takes back entries that did not run, or whose running counts for nothing. */
  putBack(entries: readonly Entry[]): void {
    if (entries.length === 0) return
    const able = entries.filter((entry) => entry.fn.failed === undefined)
    for (const entry of entries) if (entry.fn.failed !== undefined) this.reject(entry, entry.fn.failed)
    if (this.#halted !== undefined) return this.#abort(able, this.#halted)
    this.inFlight -= able.length
    if (this.#state !== 'open') return
    this.#backlog.putBack(able)
    this.#onWork()
  }

  /** Takes back entries one of which may have killed its worker. */
  suspect(entries: readonly Entry[]): void {
    if (this.#halted !== undefined) return this.#abort(entries, this.#halted)
    this.inFlight -= entries.length
    if (this.#state !== 'open') return
    this.#backlog.suspect(entries)
    this.#onWork()
  }

  /** The result of the input at some place of a lot. */
  fulfil(lot: Lot, at: number, value: unknown, bytes: number): void {
    this.inFlight--
    if (this.#state !== 'open') return
    this.done++
    this.options.logs.completed?.(lot.place(at))
    const loans = lot.loans(at)
    if (loans !== undefined) copyMemory.giveBack(loans)
    this.#sink.fulfil(lot, at, value, bytes)
  }

  /** The result of an entry that needs no worker. */
  hit(entry: Entry, value: unknown, bytes: number): void {
    this.inFlight++
    if (this.#state === 'open') {
      this.cached++
      this.options.attempts?.cached(entry)
      this.options.events?.({ type: 'hit', task: identityOf(entry) })
    }
    this.fulfil(new EntryLot([entry]), 0, value, bytes)
  }

  /** An attempt threw or took too long: the entry runs again, or fails. */
  attemptFailed(entry: Entry, error: TaskError, timing?: Timing): void {
    const { retries } = entry.policy
    entry.failures++
    if (
      this.#state !== 'open' ||
      this.#halted !== undefined ||
      entry.failures > retries.times ||
      entry.transfer !== undefined ||
      !this.#mayRetry(entry, error)
    ) {
      this.reject(entry, error, timing)
      return
    }
    this.options.attempts?.failed(error, timing)
    this.inFlight--
    this.retried++
    this.options.events?.({ type: 'retry', task: error.task, attempt: entry.attempts, error })
    const delay = retryDelay(retries, entry.failures + 1)
    const timer = setTimeout(() => {
      this.#delayed.delete(entry)
      this.#backlog.retry(entry)
      this.#onWork()
    }, timerDelay(delay))
    this.#delayed.set(entry, timer)
  }

  #mayRetry(entry: Entry, error: TaskError): boolean {
    try {
      return entry.policy.retries.when?.(error) ?? true
    } catch (thrown) {
      this.fail(thrown)
      return false
    }
  }

  /** The entry's final failure. */
  reject(entry: Entry, error: unknown, timing?: Timing): void {
    this.inFlight--
    if (this.#state !== 'open') return
    this.failed++
    if (error instanceof TaskError) {
      this.options.attempts?.failed(error, timing)
      this.options.events?.({ type: 'failed', task: error.task, attempt: entry.attempts, error })
    }
    this.options.logs.completed?.(entry.place)
    if (entry.loans !== undefined) copyMemory.giveBack(entry.loans)
    this.#sink.reject(entry, error)
  }

  /** Some outcomes have been given. Ends the job if they were the last. */
  flush(): void {
    if (this.#state !== 'open') return
    this.#sink.flush()
    this.endIfDone()
  }

  endIfDone(): void {
    if (this.#state !== 'open' || !this.#supply.exhausted) return
    if (this.inFlight > 0 || this.#delayed.size > 0 || !this.#backlog.isEmpty) return
    this.#state = 'ended'
    this.options.gate?.close()
    this.options.logs.flush?.()
    this.#sink.end(this.#supply.error)
  }

  /** The job cannot go on as a whole: what it has delivered stays, the rest has no outcome but this error. */
  fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.stop()
    this.#sink.end({ thrown: error })
  }

  /** Starts nothing more: what waits, or comes back, is aborted. What runs goes on. */
  halt(why: string): void {
    if (this.#state !== 'open' || this.#halted !== undefined) return
    this.#halted = why
    const waiting = this.#letGo()
    this.inFlight += waiting.length
    this.#abort(waiting, why)
  }

  /** Entries in flight that have no other outcome. */
  #abort(entries: readonly Entry[], why: string): void {
    for (const entry of entries) this.reject(entry, new TaskAbortedError(failureOf(entry), why))
    this.flush()
  }

  /** Starts nothing more. Entries without outcome stay without. */
  stop(): void {
    if (this.#state !== 'open') return
    this.#state = 'stopped'
    this.options.logs.flush?.()
    this.#letGo()
  }

  /** Takes out all that waits. */
  #letGo(): Entry[] {
    const delayed = [...this.#delayed.keys()]
    for (const timer of this.#delayed.values()) clearTimeout(timer)
    this.#delayed.clear()
    this.options.gate?.close()
    return [...this.#backlog.clear(), ...delayed]
  }
}
