import type { Cache } from '../cache/cache.ts'
import type { TaskError } from '../errors/task-errors.ts'
import type { LogsOption } from '../logs/log-record.ts'
import type { HaltOption } from '../options/halt-rule.ts'
import type { Backend } from '../pool/backend/backend.ts'
import type { RunEvent } from '../pool/observer.ts'
import type { ProgressOption } from '../progress/progress-option.ts'
import type { RetryOptions, TimeoutOption } from '../task/failure-policy.ts'

/** Where tasks run. */
export type BackendOption = 'threads' | 'processes' | 'serial' | Backend

/** What to do about failed tasks, in a word. */
export type OnErrorWord = 'throw' | 'collect' | 'return'

/** What to do about failed tasks. */
export type OnError = OnErrorWord | ((error: TaskError) => unknown)

/** What takes a failed task's place among the values: with `'return'` its error, with a function what that returns. */
export type Replacement<E extends OnErrorWord, V> = ReturnedError<E> | V

/** All words at once is what the compiler makes of none. */
type ReturnedError<E extends OnErrorWord> = OnErrorWord extends E ? never : 'return' extends E ? TaskError : never

/** The options that `map` and `execute` share. */
export interface RunOptions<E extends OnErrorWord = OnErrorWord, V = unknown> {
  /**
   * `'threads'`; `'processes'`, where a native crash, running out of memory or a hang costs one task; `'serial'`, this
   * thread, for debugging and I/O; or a backend object.
   * @defaultValue 'threads'
   */
  readonly backend?: BackendOption | undefined
  /** `serial` only: `false` passes values as they are, and any closure runs as it is. @defaultValue true */
  readonly copy?: boolean | undefined
  /**
   * Workers: `n`; negative: cores + 1 + n; between 0 and 1: a share of the cores.
   * @defaultValue the cores that this process may use
   */
  readonly workers?: number | undefined
  /** Async tasks in flight per worker, 1 to 4,096: for tasks that wait. @defaultValue 1 */
  readonly concurrency?: number | undefined
  /** Results in the order of the inputs; `false`: as they come. @defaultValue true */
  readonly ordered?: boolean | undefined
  /**
   * Inputs per message to a worker, of at most 256 KiB together. `'auto'`: as many as take 4 ms, at most 1,024. Changes
   * nothing but speed: a batch never waits for input.
   * @defaultValue 'auto'
   */
  readonly batch?: number | 'auto' | undefined
  /**
   * Most items read from the inputs and not yet handed to the consumer: queued, running and finished. A slow consumer
   * so slows the reading. A number lifts the limit in bytes.
   * @defaultValue 2 × workers × 1,024 items or 64 MiB, whichever comes first
   */
  readonly window?: number | undefined
  /**
   * Milliseconds per task, from its own start, or a share of the median of those that succeeded, such as `'300%'` (no
   * limit until 3 did). Its `signal` fires; a worker that it still blocks 50 ms later is ended. Fails with a
   * `TaskTimeoutError`. No limit by default.
   */
  readonly timeout?: TimeoutOption | undefined
  /** Milliseconds without a completion while the consumer waits, after which it gets a `TimeoutError` and may go on. */
  readonly stallTimeout?: number | undefined
  /**
   * Milliseconds for the whole run. When they are over nothing more is started, what runs is stopped, and all that has
   * not finished fails with a `TaskAbortedError`; where inputs were left unread the run ends with a `TimeoutError`.
   */
  readonly deadline?: number | undefined
  /**
   * Ends the run early, counting final outcomes: `'now,fail=1'`, `'soon,success=10'`, `'now,done=50%'`. `now` stops what
   * runs, `soon` lets it end; the rest fails with a `TaskAbortedError`, and no more inputs are read. A percentage is of
   * all inputs where their number is known, else of those that have an outcome (from the third on).
   */
  readonly halt?: HaltOption | undefined
  /**
   * What is in the cache does not run: the result of equal arguments to equal code. What runs is stored, and is there for
   * all when the run's promise resolves. Functions that `cache.wrap` made bring their own. Costs about 10 µs an input that
   * is there, 30 µs one that is not.
   */
  readonly cache?: Cache | undefined
  /**
   * A file to which the outcome of each attempt is appended, a line of JSON each. A later run with it leaves out the inputs
   * that succeeded, by their content and never by their position; they are missing from its results. A function that
   * changed meanwhile is a `JournalError`. Costs about 20 µs a task.
   */
  readonly journal?: string | undefined
  /** Most starts per second, evenly spread, over all workers; attempts after the first count, too. */
  readonly rate?: number | undefined
  /** Start nothing while less memory is free on this machine: `'2G'`, or bytes. */
  readonly memfree?: number | string | undefined
  /** How often a task that threw or timed out runs again; its last error counts. @defaultValue 0 */
  readonly retries?: number | RetryOptions | undefined
  /**
   * How often a task runs again because its worker died under it, the last time with nothing else in the worker; then it
   * fails with a `WorkerCrashedError`.
   * @defaultValue 1
   */
  readonly workerDeaths?: number | undefined
  /**
   * `'throw'`: the first failure anywhere ends the run; what is finished before it is delivered, then its `TaskError` is
   * thrown. `'collect'`: all run, then a `BatchError`. `'return'`: the `TaskError` takes the value's place. A function:
   * what it returns does; if it throws, that ends the run.
   * @defaultValue 'throw'
   */
  readonly onError?: E | ((error: TaskError) => V) | undefined
  /** Where runs share workers: higher starts first. A task's own comes before it. @defaultValue 0 */
  readonly priority?: number | undefined
  /** Typed arrays from this size on, in captures and `args`, go into shared memory: `'1M'`, or bytes. @defaultValue false */
  readonly share?: number | string | false | undefined
  /** Cancels the run: stops reading, stops what runs; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** `true`: a bar on stderr, lines where that is no terminal. @defaultValue false */
  readonly progress?: ProgressOption | undefined
  /** The number of inputs, for the progress, where they do not tell. */
  readonly total?: number | undefined
  /** Told what happens, as it happens. Costs a message per task. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
  /** What becomes of the tasks' console output. @defaultValue 'inherit' */
  readonly logs?: LogsOption | undefined
  /** `'serial'`: run here, with a warning, where workers cannot start or the function cannot travel. */
  readonly fallback?: 'serial' | undefined
  /**
   * Stops at the first task that fails, at the line that threw, in a prompt on the terminal: stack, variables, evaluation;
   * where stdin is no terminal it prints them and goes on. The tasks run one after the other in this thread, whatever
   * `backend`, `workers` and `concurrency` say, without `timeout`, `stallTimeout`, `deadline` and progress bar. A call that
   * failed is made again, up to three times: what it does to the outside happens again, too.
   * @defaultValue false
   */
  readonly debug?: boolean | undefined
  /** The same with the inspector of Node, on a port of its own of the loopback, in the place of the prompt. @defaultValue false */
  readonly inspect?: boolean | undefined
  /** Shown in progress, errors and traces. @defaultValue the function's name */
  readonly name?: string | undefined
}

/** The options that only `map` has. */
export interface MapOptions<I = unknown, E extends OnErrorWord = OnErrorWord, V = unknown> extends RunOptions<E, V> {
  /** Inputs for which it returns true are left out of the results. */
  readonly skip?: ((input: I, index: number) => boolean) | undefined
}
