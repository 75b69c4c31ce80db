import type { SettledRecord } from '../../errors/run-errors.ts'
import type { HaltMode } from '../../pool/scheduling/dispatcher.ts'
import type { RunningTask } from '../../pool/workers/running-tasks.ts'
import type { StepsOfTask } from '../../wire/protocol/frames.ts'
import type { RunStats } from '../run-stats.ts'
import type { Run } from '../run.ts'
import type { Reading } from './reader-claim.ts'
import { type IndexedValues, Reader } from './reader.ts'

/** Ends runs whose `Results` were garbage-collected: nothing can read them any more. */
const dropped = new FinalizationRegistry<Run>((run) => run.cancel(new Error('the results were dropped unread'), true))

/**
 * The results of a run. Nothing runs until they are awaited, read, or `start()`ed.
 *
 * `await` gives all values as an array; `for await` gives them as they come, in bounded memory: workers pause while the
 * window is full. Leaving the loop early cancels what has not started and stops what runs. A run has one reader.
 */
export class Results<R, I = unknown> implements PromiseLike<R[]>, AsyncIterableIterator<R, undefined> {
  readonly #run: Run
  readonly #reader: Reader
  #array: Promise<R[]> | undefined

  /** @internal */
  constructor(run: Run) {
    this.#run = run
    this.#reader = new Reader(run)
    const token = {}
    dropped.register(this, run, token)
    run.onEnd(() => dropped.unregister(token))
    const self = new WeakRef(this)
    run.onAbandoned(() => {
      const results = self.deref()
      if (results !== undefined) results.#handle()
    })
  }

  /**
   * All values, or the run's error.
   *
   * @throws {TaskError} with `onError: 'throw'`, the first failure; {@link BatchError} with `'collect'`.
   */
  // oxlint-disable-next-line no-thenable -- results are awaited
  then<T = R[], F = never>(
    onDone?: ((values: R[]) => T | PromiseLike<T>) | null,
    onError?: ((error: unknown) => F | PromiseLike<F>) | null,
  ): Promise<T | F> {
    return this.toArray().then(onDone, onError)
  }

  /** As on a promise of all values. */
  catch<F = never>(onError?: ((error: unknown) => F | PromiseLike<F>) | null): Promise<R[] | F> {
    return this.toArray().catch(onError)
  }

  /** As on a promise of all values. */
  finally(onEnd?: (() => void) | null): Promise<R[]> {
    return this.toArray().finally(onEnd)
  }

  /** All values, as by `await`. Called again it gives the same array. */
  toArray(): Promise<R[]> {
    return (this.#array ??= this.#read('array', () => this.#reader.array() as Promise<R[]>))
  }

  /** The next value; made for `for await`. After a `TimeoutError` it can be called again: nothing is lost. */
  next(): Promise<IteratorResult<R, undefined>> {
    this.#run.claimStep()
    return this.#reader.nextValue() as Promise<IteratorResult<R, undefined>>
  }

  /** Ends the run: cancels what has not started, stops what runs, closes the inputs. */
  return(value?: undefined): Promise<IteratorResult<R, undefined>> {
    this.cancel()
    return Promise.resolve({ done: true, value })
  }

  /** @throws {InvalidStateError} if the run has another reader, or is over. */
  [Symbol.asyncIterator](): this {
    this.#run.claim('values')
    return this
  }

  /**
   * Arrays of values as they come: the quickest way to read millions. The window bounds how many wait.
   *
   * @throws {InvalidStateError} if the run has another reader, or is over.
   */
  batches(): AsyncIterableIterator<R[], undefined> {
    return this.#iterator('batches', () => this.#reader.nextBatch() as Promise<IteratorResult<R[], undefined>>)
  }

  /**
   * Every outcome as a record, in the order of the option `ordered`. Continues after failures, whatever `onError` says.
   *
   * @throws {InvalidStateError} if the run has another reader, or is over.
   */
  settled(): AsyncIterableIterator<SettledRecord<I, R>, undefined> {
    return this.#iterator(
      'settled',
      () => this.#reader.nextRecord() as Promise<IteratorResult<SettledRecord<I, R>, undefined>>,
    )
  }

  /**
   * Values as they come, with the indexes of their inputs. For `onError` with a function.
   *
   * @internal
   */
  indexed(): AsyncIterableIterator<IndexedValues, undefined> {
    return this.#iterator('batches', () => this.#reader.nextIndexed())
  }

  /**
   * Like `indexed`; but results are made into lines of JSON by the workers if that is possible, and come as a `TextRun` for
   * many inputs.
   *
   * @internal
   */
  lines(): AsyncIterableIterator<IndexedValues, undefined> {
    this.#run.asText = true
    return this.indexed()
  }

  /**
   * The steps that the task is made of, known with the first value.
   *
   * @internal
   */
  steps(): StepsOfTask | undefined {
    return this.#run.steps
  }

  /**
   * Asks the workers which tasks run just now.
   *
   * @internal
   */
  runningTasks(): Promise<RunningTask[]> {
    return this.#run.runningTasks()
  }

  /** Marks the promise of all values as handled. */
  #handle(): void {
    this.#array?.catch(() => {})
  }

  /** Starts the run before it is read; it pauses when the window is full. */
  start(): this {
    this.#run.start()
    return this
  }

  /** The progress of the run, in counts. */
  stats(): RunStats {
    return this.#run.stats()
  }

  /**
   * Ends the run: cancels what has not started, stops what runs. An `await` of all values rejects with the reason; a loop
   * just ends.
   */
  cancel(reason: unknown = new DOMException('The run was cancelled', 'AbortError')): void {
    this.#run.cancel(reason, true)
  }

  /**
   * Starts no more tasks: running ones may end (`soon`) or are stopped (`now`). Finished outcomes are delivered; the rest
   * fails with a `TaskAbortedError`.
   *
   * @internal
   */
  halt(mode: HaltMode, why: string, by?: RunStats['endedBy']): void {
    this.#run.halt(mode, why, by)
  }

  /** Ends the run, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.cancel()
    return Promise.resolve()
  }

  async #read<T>(reading: Reading, read: () => Promise<T>): Promise<T> {
    this.#run.claim(reading)
    try {
      return await read()
    } catch (error) {
      // After a stall the array can be awaited again, and its reading goes on.
      if (!this.#run.isEnded) this.#array = undefined
      throw error
    }
  }

  #iterator<T>(
    reading: Reading,
    next: () => Promise<IteratorResult<T, undefined>>,
  ): AsyncIterableIterator<T, undefined> {
    this.#run.claim(reading)
    const iterator: AsyncIterableIterator<T, undefined> = {
      next,
      return: async (value?: undefined) => {
        await this.return()
        return { done: true, value }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }
}
