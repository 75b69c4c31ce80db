import { wrappedOf } from '../cache/cache-access.ts'
import { Calls } from '../calls/calls.ts'
import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { executeOn } from '../map/execute.ts'
import { type MapFunction, mapOn } from '../map/map.ts'
import { milliseconds } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { workers as checkWorkers, type WorkersOption } from '../options/workers.ts'
import { LocalSlots } from '../pool/backend/queue-slots.ts'
import { resolveBackend } from '../pool/backend/registry.ts'
import { EMPTY_STATS, type PoolStats, statsOf } from '../pool/pool-stats.ts'
import type { Dispatcher } from '../pool/scheduling/dispatcher.ts'
import { newQueue, type QueueOptions } from '../queue/new-queue.ts'
import type { TaskQueue } from '../queue/task-queue.ts'
import { type ReduceFunction, reduceFunction } from '../reduce/reduce.ts'
import { usualWorkers } from '../run/hosts/default-host.ts'
import { newDispatcher } from '../run/hosts/new-dispatcher.ts'
import { PoolHost } from '../run/hosts/pool-host.ts'
import type { Results } from '../run/outcomes/results.ts'
import { type CallOptions, readCallOptions } from '../settings/call-options.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import { type PoolOptions, POOL_DEFAULTS, readPoolOptions } from '../settings/pool-settings.ts'
import type { OnErrorWord, Replacement, RunOptions } from '../settings/run-options.ts'
import { batchedOf } from '../task/bundle.ts'
import { DEFAULT_POLICY, policyOf, type TaskPolicy } from '../task/failure-policy.ts'
import { isNested } from '../task/nesting.ts'
import type { Stateful } from '../task/stateful.ts'
import { checkTaskFunction, type TaskFunction } from '../task/task-function.ts'
import { Task, typeOf } from '../task/task.ts'

type ResultOf<T> = T extends Task<infer R> ? R : never

/** The options of `pool.close()`. */
export interface CloseOptions {
  /** Milliseconds after which tasks that still run are stopped. @defaultValue Infinity */
  readonly timeout?: number | undefined
}

const CLOSE_TABLE = { timeout: milliseconds() }

/** Returns the host inside a pool, for pipelines. Not a method, so that users do not see it. */
export let hostOf: (pool: Pool) => PoolHost

/**
 * Workers that are kept: for many runs, single calls, queues, and settings of their own.
 *
 * Workers start when there is work for them, and are replaced when they die. A pool is usable after any failure; several
 * runs share it fairly and never mix results. Idle, it does not keep the process alive. Close it, or use `withPool`.
 */
export class Pool implements AsyncDisposable {
  /** `map` on this pool's workers, with its `concurrency` and `logs`. Throws a `ClosedError` if the pool is closed. */
  readonly map: MapFunction
  /** `reduce` on this pool's workers, with its `concurrency` and `logs`. Throws a `ClosedError` if the pool is closed. */
  readonly reduce: ReduceFunction
  readonly #host: PoolHost
  readonly #calls: Calls
  #closing: Promise<void> | undefined

  /** @throws {InvalidArgumentError} for unknown options and wrong values. */
  constructor(options?: PoolOptions) {
    const own = readPoolOptions(options)
    const settings = { ...withDefaultSettings({}), ...own }
    const backend = isNested() ? 'serial' : settings.backend
    const workers = isNested() ? 1 : (settings.workers ?? usualWorkers(backend))
    const slots = new LocalSlots(
      own.maxQueue ?? POOL_DEFAULTS.maxQueue,
      typeof backend === 'string' ? undefined : backend.slots,
    )
    const make = async (): Promise<Dispatcher> => newDispatcher(await resolveBackend(backend), this.#host.workers, own)
    this.#host = new PoolHost(workers, own, slots, backend === 'serial', make)
    this.#calls = new Calls(this.#host)
    this.map = ((inputs: unknown, fn: unknown, mapOptions?: unknown) =>
      mapOn(this.#host, inputs, fn, mapOptions)) as MapFunction
    this.reduce = reduceFunction(() => this.#host)
  }

  /**
   * Runs a function once, or a task. Calls made in one tick are sent together; waits while `maxQueue` tasks wait.
   *
   * Costs about 15 µs alone and 1 µs in a burst.
   *
   * Rejects with a {@link TaskError} if the task fails, a {@link TaskAbortedError} if the pool is terminated meanwhile, a
   * {@link ClosedError} if it is closed, a {@link CaptureError} if the function cannot be sent.
   */
  run<R>(task: Task<R>, options?: CallOptions): Promise<R>
  run<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>>
  run<A extends readonly unknown[], R>(fn: Stateful<A, R>, ...args: A): Promise<R>
  run(work: unknown, ...rest: unknown[]): Promise<unknown> {
    // Not an async function, which would cost a second promise per call.
    try {
      this.#host.open()
      if (work instanceof Task) {
        const { fn, options } = typeOf(work)
        const { policy, signal } = readCallOptions(rest[0])
        return this.#run(fn, work.args, policyOf(options, policy), options.name, signal)
      }
      checkTaskFunction(work)
      return this.#run(work, rest, DEFAULT_POLICY)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #run(
    fn: TaskFunction,
    args: readonly unknown[],
    policy: TaskPolicy,
    name?: string,
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (batchedOf(fn) !== undefined && args.length !== 1)
      throw new InvalidArgumentError(
        'the arguments of a batched function',
        'one, which can be an object or array of several values',
        String(args.length),
      )
    const wrapped = wrappedOf(fn)
    if (wrapped === undefined) return this.#calls.run(fn, args, policy, name, signal)
    const call = (): Promise<unknown> => {
      this.#host.open()
      return this.#calls.run(wrapped.fn, args, policy, name, signal)
    }
    return import('../run/cache/call-cached.ts').then(({ callCached }) =>
      callCached(wrapped, args, call, () => this.#calls.tellHit(wrapped.fn, args, name)),
    )
  }

  /**
   * `execute` on this pool's workers: tasks of any mix of types.
   *
   * @throws {ClosedError} if the pool is closed; {@link InvalidArgumentError} for unknown options and wrong values.
   */
  execute<T extends Task, const E extends OnErrorWord = 'throw', V = never>(
    tasks: Iterable<T> | AsyncIterable<T>,
    options?: RunOptions<E, V>,
  ): Results<ResultOf<T> | Replacement<E, V>, T> {
    return executeOn(this.#host, tasks, options) as Results<ResultOf<T> | Replacement<E, V>, T>
  }

  /**
   * A queue of tasks that this pool's workers run: push on one side, pop outcomes on the other. `R` is the type of their
   * results: `pool.queue<number>()`.
   *
   * @throws {ClosedError} if the pool is closed; {@link InvalidArgumentError} for a wrong size.
   */
  queue<R = unknown>(options?: QueueOptions): TaskQueue<R> {
    this.#host.open()
    return newQueue(this.#host, options)
  }

  /**
   * Changes the number of workers; takes the values of the option `workers`. Surplus workers finish what they have.
   *
   * @throws {InvalidArgumentError} for a wrong number; {@link ClosedError} if the pool is closed.
   */
  resize(workers: WorkersOption): void {
    this.#host.open()
    this.#host.workers = checkWorkers(workers, 'resize(n)')
  }

  /** The pool at this moment, as a frozen plain object. */
  stats(): PoolStats {
    const { current } = this.#host
    return current === undefined ? EMPTY_STATS : statsOf(current, this.#host.queues)
  }

  /**
   * Takes no more work, finishes what there is (at most for `timeout` milliseconds), then stops the workers. Resolves when
   * they have ended. Idempotent: the first call's timeout counts.
   */
  close(options?: CloseOptions): Promise<void> {
    const { timeout = Infinity } = readOptions(options, CLOSE_TABLE)
    return (this.#closing ??= this.#host.shutDown(timeout))
  }

  /**
   * Stops everything at once: unfinished calls fail with a `TaskAbortedError`, runs and queues with a `ClosedError`.
   * Idempotent.
   */
  async terminate(): Promise<void> {
    await this.#host.shutDown(0)
  }

  /** Ends runs and queues that are left, then `close()`. For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#host.abandon(false)
    return this.close()
  }

  static {
    hostOf = (pool) => pool.#host
  }
}
