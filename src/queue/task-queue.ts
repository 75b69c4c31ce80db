import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { type SettledRecord, ClosedError, TimeoutError } from '../errors/run-errors.ts'
import { milliseconds, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { Task } from '../task/task.ts'
import { QueueJob } from './queue-job.ts'
import { WaitingList } from './waiting-list.ts'

/** The options of calls that wait. */
export interface WaitOptions {
  /** Longest wait in milliseconds; 0 tries once. @defaultValue no limit */
  readonly timeout?: number | undefined
}

/** The options of `popMany`. */
export interface PopManyOptions extends WaitOptions {
  /** Most records to return. @defaultValue Infinity */
  readonly max?: number | undefined
}

const WAIT_TABLE = { timeout: milliseconds() }
const POP_MANY_TABLE = { ...WAIT_TABLE, max: wholeNumber(1, Infinity) }

/**
 * Tasks in, outcomes out, in the order in which tasks complete. Made by `pool.queue()`.
 *
 * `size` bounds the tasks that were pushed and not yet popped: then a push waits. A timeout loses nothing: an outcome that
 * one call did not wait for is returned by the next.
 */
export class TaskQueue<R = unknown> implements AsyncIterable<SettledRecord<unknown, R>> {
  readonly #job: QueueJob
  readonly #size: number
  /** Pushes that wait for room. */
  readonly #pushers = new WaitingList()
  /** Pops that wait for an outcome. */
  readonly #poppers = new WaitingList()
  #outstanding = 0
  #ended = false
  #closed = false

  /** @internal */
  constructor(job: QueueJob, size: number) {
    this.#job = job
    this.#size = size
    job.onOutcome(() => this.#poppers.wakeAll())
    job.onRoom(() => this.#pushers.wakeAll())
  }

  /** Tasks that were pushed and not popped. */
  get length(): number {
    return this.#outstanding
  }

  /**
   * Hands a task over; waits for room. Resolves to its index.
   *
   * @throws {TimeoutError} if there was no room in time; {@link ClosedError} after `end()` or `close()`.
   */
  async push(task: Task<R>, options?: WaitOptions): Promise<number> {
    const { timeout } = readOptions(options, WAIT_TABLE)
    if (!(task instanceof Task))
      throw new InvalidArgumentError('push(task)', 'a Task, such as task(fn)(…args)', describeValue(task))
    this.#checkOpen()
    let hasSlot = false
    await this.#pushers.until(
      () => (hasSlot = this.#takeSlot()) || this.#isClosed,
      timeout,
      () => new TimeoutError(`no room in the queue within ${timeout} ms`, timeout ?? 0),
    )
    if (!hasSlot) this.#checkOpen()
    try {
      return await this.#job.push(task)
    } catch (error) {
      this.#releaseSlot()
      throw error
    }
  }

  /**
   * The next result, in the order of completion. Waits also on an empty queue.
   *
   * @throws {TaskError} of the task, if it failed; {@link TimeoutError}; {@link ClosedError} after `close()`, or if no
   * outcome will come any more.
   */
  async pop(options?: WaitOptions): Promise<R> {
    const { timeout } = readOptions(options, WAIT_TABLE)
    const record = await this.#nextOutcome(timeout)
    if (record === undefined) throw new ClosedError('the queue has ended: all results were popped')
    if (record.status === 'rejected') throw record.reason
    return record.value
  }

  /** The next outcome as a record, if one waits. */
  tryPop(): SettledRecord<unknown, R> | undefined {
    this.#checkReadable()
    return this.#take()
  }

  /**
   * Several outcomes as records. Without a timeout, or with 0, those that are finished now; else waits until `max` have
   * come, the time is over, or nothing is outstanding.
   */
  async popMany(options?: PopManyOptions): Promise<SettledRecord<unknown, R>[]> {
    const { timeout = 0, max = Infinity } = readOptions(options, POP_MANY_TABLE)
    this.#checkReadable()
    const until = performance.now() + timeout
    const records: SettledRecord<unknown, R>[] = []
    for (;;) {
      for (let record = this.#next(records, max); record !== undefined; record = this.#next(records, max))
        records.push(record)
      const left = until - performance.now()
      if (records.length >= max || this.#outstanding === 0 || left <= 0) return records
      try {
        const record = await this.#nextOutcome(left)
        if (record !== undefined) records.push(record)
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error
      }
    }
  }

  /** Takes no more pushes. Iteration ends when all is popped. */
  end(): void {
    this.#ended = true
    this.#job.noMore()
    this.#poppers.wakeAll()
    this.#pushers.wakeAll()
  }

  /** Drops what has not started; later calls reject with a `ClosedError`. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#job.close()
    this.#poppers.wakeAll()
    this.#pushers.wakeAll()
  }

  /** Outcomes as records, failures too, until `end()` was called and all is popped. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SettledRecord<unknown, R>, undefined> {
    for (;;) {
      const record = await this.#nextOutcome(undefined)
      if (record === undefined) return undefined
      yield record
    }
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  #next(records: readonly unknown[], max: number): SettledRecord<unknown, R> | undefined {
    return records.length < max ? this.tryPop() : undefined
  }

  /** Takes a slot for a push, if there is one. */
  #takeSlot(): boolean {
    if (this.#isClosed || this.#outstanding >= this.#size || !this.#job.takeSlot()) return false
    this.#outstanding++
    return true
  }

  #releaseSlot(): void {
    this.#outstanding--
    this.#pushers.wakeAll()
    if (this.#isOver) this.#poppers.wakeAll()
  }

  #take(): SettledRecord<unknown, R> | undefined {
    const record = this.#closed ? undefined : this.#job.takeOutcome()
    if (record !== undefined) this.#releaseSlot()
    return record as SettledRecord<unknown, R> | undefined
  }

  /** Waits for an outcome and takes it; resolves to undefined if no more will come. */
  async #nextOutcome(timeout: number | undefined): Promise<SettledRecord<unknown, R> | undefined> {
    this.#checkReadable()
    const taken: { record?: SettledRecord<unknown, R> | undefined } = {}
    await this.#poppers.until(
      () => (taken.record = this.#take()) !== undefined || this.#isOver,
      timeout,
      () => new TimeoutError(`no result within ${timeout} ms`, timeout ?? 0),
    )
    if (taken.record === undefined) this.#checkReadable()
    return taken.record
  }

  /** No more pushes are taken. */
  get #isClosed(): boolean {
    return this.#closed || this.#ended || this.#job.failure !== undefined
  }

  /** No more outcomes will come. */
  get #isOver(): boolean {
    return this.#closed || this.#job.failure !== undefined || (this.#ended && this.#outstanding === 0)
  }

  #checkOpen(): void {
    this.#checkNotClosed()
    if (this.#job.failure !== undefined) throw this.#job.failure.thrown
    if (this.#ended) throw new ClosedError('the queue has ended: it takes no more tasks')
  }

  #checkNotClosed(): void {
    if (this.#closed) throw new ClosedError('the queue is closed')
  }

  /** Throws if the queue is closed, or if it failed and all outcomes were taken. */
  #checkReadable(): void {
    this.#checkNotClosed()
    if (this.#job.failure !== undefined && this.#job.waiting === 0) throw this.#job.failure.thrown
  }
}
