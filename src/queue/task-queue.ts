import type { SettledRecord } from '../errors/batch-error.ts'
import { ClosedError } from '../errors/closed-error.ts'
import { InvalidArgumentError } from '../errors/invalid-argument-error.ts'
import { TimeoutError } from '../errors/timeout-error.ts'
import { milliseconds, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { Task } from '../task/task.ts'
import { QueueJob } from './queue-job.ts'
import { WaitingList } from './waiting-list.ts'

/** How long a call may wait, in milliseconds; 0 tries once. */
export interface WaitOptions {
  /** Milliseconds; 0 tries once. @defaultValue no limit */
  readonly timeout?: number | undefined
}

/** What `popMany` waits for. */
export interface PopManyOptions extends WaitOptions {
  /** Most records to return. @defaultValue Infinity */
  readonly max?: number | undefined
}

const WAIT_TABLE = { timeout: milliseconds() }
const POP_MANY_TABLE = { ...WAIT_TABLE, max: wholeNumber(1, Infinity) }

/**
 * Tasks in, outcomes out, in the order in which tasks complete. Made by `pool.queue()`.
 *
 * `size` bounds what was pushed and not yet popped: a push waits for room. A timeout loses nothing: what a call did not
 * get the next one gets.
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
   * @throws {TimeoutError} where there was no room in time; {@link ClosedError} after `end()` or `close()`.
   */
  async push(task: Task<R>, options?: WaitOptions): Promise<number> {
    const { timeout } = readOptions(options, WAIT_TABLE)
    if (!(task instanceof Task))
      throw new InvalidArgumentError('push(task)', 'a Task, such as task(fn)(…args)', describeValue(task))
    this.#checkOpen()
    await this.#pushers.until(
      () => this.#hasRoom() || this.#closed || this.#job.failure !== undefined,
      timeout,
      () => new TimeoutError(`no room in the queue within ${timeout} ms`, timeout ?? 0),
    )
    this.#checkOpen()
    this.#outstanding++
    try {
      return await this.#job.push(task)
    } catch (error) {
      this.#outstanding--
      this.#pushers.wakeAll()
      throw error
    }
  }

  /**
   * The next result, in the order of completion. Waits also on an empty queue.
   *
   * @throws {TaskError} of the task, if it failed; {@link TimeoutError}; {@link ClosedError} after `close()`, or where
   * nothing will come any more.
   */
  async pop(options?: WaitOptions): Promise<R> {
    const { timeout } = readOptions(options, WAIT_TABLE)
    await this.#awaitOutcome(timeout)
    const record = this.tryPop()
    if (record === undefined) throw new ClosedError('the queue has ended: all results were popped')
    if (record.status === 'rejected') throw record.reason
    return record.value
  }

  /** The next outcome as a record, if one waits. */
  tryPop(): SettledRecord<unknown, R> | undefined {
    this.#checkReadable()
    const record = this.#job.takeOutcome()
    if (record === undefined) return undefined
    this.#outstanding--
    this.#pushers.wakeAll()
    return record as SettledRecord<unknown, R>
  }

  /**
   * Several outcomes as records. Without a timeout, or with 0, what is finished now; else until `max` have come, the time
   * is over, or nothing is outstanding.
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
        await this.#awaitOutcome(left)
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
      await this.#awaitOutcome(undefined)
      const record = this.tryPop()
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

  #hasRoom(): boolean {
    return this.#outstanding < this.#size && this.#job.hasRoom
  }

  #awaitOutcome(timeout: number | undefined): Promise<void> {
    this.#checkReadable()
    const ready = (): boolean =>
      this.#job.waiting > 0 ||
      this.#closed ||
      this.#job.failure !== undefined ||
      (this.#ended && this.#outstanding === 0)
    return this.#poppers
      .until(ready, timeout, () => new TimeoutError(`no result within ${timeout} ms`, timeout ?? 0))
      .then(() => this.#checkReadable())
  }

  #checkOpen(): void {
    this.#checkNotClosed()
    if (this.#job.failure !== undefined) throw this.#job.failure.thrown
    if (this.#ended) throw new ClosedError('the queue has ended: it takes no more tasks')
  }

  #checkNotClosed(): void {
    if (this.#closed) throw new ClosedError('the queue is closed')
  }

  /** What was finished can be had also where no more will come. */
  #checkReadable(): void {
    this.#checkNotClosed()
    if (this.#job.failure !== undefined && this.#job.waiting === 0) throw this.#job.failure.thrown
  }
}
