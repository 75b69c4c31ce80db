import type { Cache } from '../cache/cache.ts'
import type { TaskError } from '../errors/task-errors.ts'
import type { LogsOption } from '../logs/log-record.ts'
import type { RunEvent } from '../observe/event-observer.ts'
import type { RunObserver } from '../observe/observer.ts'
import type { HaltOption } from '../options/halt-rule.ts'
import type { WorkersOption } from '../options/workers.ts'
import type { Backend } from '../pool/backend/backend.ts'
import type { BackendName } from '../pool/backend/registry.ts'
import type { ProgressOption } from '../progress/progress-option.ts'
import type { PolicyOptions } from '../task/failure-policy.ts'

/** The kind of workers that run tasks. */
export type BackendOption = BackendName | Backend

/** The words for what becomes of failed tasks: see the option `onError`. */
export type OnErrorWord = 'throw' | 'collect' | 'return'

/** The handling of failed tasks: a word, or a function whose result replaces the task's. */
export type OnError = OnErrorWord | ((error: TaskError) => unknown)

/** The type that takes a failed task's place among the values: with `'return'` its error, with a function the result of it. */
export type Replacement<E extends OnErrorWord, V> = ReturnedError<E> | V

/** Without `onError` the compiler infers all words at once. */
type ReturnedError<E extends OnErrorWord> = OnErrorWord extends E ? never : 'return' extends E ? TaskError : never

/** The options that `map` and `execute` share. */
export interface RunOptions<E extends OnErrorWord = OnErrorWord, V = unknown> extends PolicyOptions {
  /**
   * `'threads'`; `'processes'`, where a native crash, running out of memory or a hang costs one task; `'serial'`, this
   * thread, for debugging and I/O; or a backend object. Not on a pool, which has its own.
   * @defaultValue 'threads'
   */
  readonly backend?: BackendOption | undefined
  /** `serial` only: `false` passes values as they are, and any closure runs as it is. @defaultValue true */
  readonly copy?: boolean | undefined
  /**
   * Workers: `n`; negative: cores + 1 + n; between 0 and 1, or `'50%'`: a share of the cores; `'all'`: all cores. A list of
   * stateful workers brings their number.
   * @defaultValue the cores that this process may use
   */
  readonly workers?: WorkersOption | undefined
  /**
   * Async tasks of this run in flight per worker, 1 to 4,096 (`Infinity`), for tasks that wait. Runs with more than 1, and
   * all runs on `serial`, do not wait for each other's awaits.
   * @defaultValue 1
   */
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
   * @defaultValue 2 × workers × 1,024 inputs, or 64 MiB, whichever comes first
   */
  readonly window?: number | undefined
  /** Milliseconds without a completion while the consumer waits, after which it gets a `TimeoutError` and may go on. */
  readonly stallTimeout?: number | undefined
  /**
   * Milliseconds for the whole run. When they are over nothing more is started, what runs is stopped, and all that has
   * not finished fails with a `TaskAbortedError`; if inputs were left unread the run ends with a `TimeoutError`.
   */
  readonly deadline?: number | undefined
  /**
   * Ends the run early, counting final outcomes: `'now,fail=1'`, `'soon,success=10'`, `'now,done=50%'`. `now` stops what
   * runs, `soon` lets it end; the rest fails with a `TaskAbortedError`, and no more inputs are read. A percentage is of
   * all inputs if their number is known, else of those that have an outcome (from the third on).
   *
   * The forms: `now` or `soon`, a comma, then `fail=`, `success=` or `done=` with a whole number from 1 on, or with a
   * percentage above 0 and up to 100.
   */
  readonly halt?: HaltOption | undefined
  /**
   * Takes the results of equal arguments to equal code from the cache, without running them. What runs is stored, and is
   * there for all when the run's promise resolves. Functions that `cache.wrap` made bring their own. Costs about 10 µs an
   * input that is there, 30 µs one that is not.
   */
  readonly cache?: Cache | undefined
  /**
   * A file to which the outcome of each attempt is appended, as JSON Lines. A later run with it leaves out the inputs
   * that succeeded, by their content and never by their position; they are missing from its results. A function that
   * changed meanwhile is a `JournalError`. Not for `execute`. Costs about 4 µs a task, most of it in the workers.
   */
  readonly journal?: string | undefined
  /** Most starts per second, evenly spread, over all workers; attempts after the first count, too. */
  readonly rate?: number | undefined
  /** Starts nothing while less memory is free on this machine: `'2G'`, or bytes. */
  readonly memfree?: number | string | undefined
  /**
   * `'throw'`: the first failure anywhere ends the run; what is finished before it is delivered, then its `TaskError` is
   * thrown. `'collect'`: all run, then a `BatchError`. `'return'`: the `TaskError` takes the value's place. A function:
   * what it returns does; if it throws, that ends the run.
   * @defaultValue 'throw'
   */
  readonly onError?: E | ((error: TaskError) => V) | undefined
  /** Typed arrays from this size on, in captures and `args`, go into shared memory: `'1M'`, or bytes. @defaultValue false */
  readonly share?: number | string | false | undefined
  /** Cancels the run: stops reading, stops what runs; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * Shows how far the run is. `true`: a bar on stderr, or a line every 10 s if stderr is no terminal. An object
   * `{ label, unit, stream, delay, interval }`: the same, as it says. A function: called with a `ProgressState` ten times a
   * second, and once at the end; if it throws, that ends the run.
   * @defaultValue false
   */
  readonly progress?: ProgressOption | undefined
  /**
   * The number of inputs, for the progress and for a `halt` in percent.
   * @defaultValue what the inputs say (`length`, `size`)
   */
  readonly total?: number | undefined
  /**
   * Called with what happens, as it happens: `start`, `done`, `hit` (the result came from the cache), `retry` (the task
   * runs again, also because its worker died), `failed`, `late-error`, `worker-start`, `worker-exit`; each with its time
   * `at`. Called synchronously; if it throws, that ends the run. Costs a message per task, about 4 µs; `observe` is
   * cheaper.
   */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
  /**
   * Follows the run: one observer, or several. Events come in columns, one call for the tasks whose outcomes arrived
   * together, for less than 1 µs a task. An observer that throws is switched off, and the run continues.
   */
  readonly observe?: RunObserver | readonly RunObserver[] | undefined
  /**
   * The handling of the tasks' console output. `'inherit'`: printed as it comes. `'ordered'`: each task's lines together,
   * in the order of the inputs. `'off'`: dropped. A function: called with each `LogRecord` as it comes. `{ ordered }`: a
   * function called with them in the order of the inputs. If the function throws, that ends the run.
   * @defaultValue 'inherit'
   */
  readonly logs?: LogsOption | undefined
  /** `'serial'`: runs in this thread, with a warning, if no worker can be started or the function cannot be sent. */
  readonly fallback?: 'serial' | undefined
  /**
   * Stops at the first task that fails, at the line that threw, in a prompt on the terminal: stack, variables, evaluation;
   * if stdin is no terminal it prints them and goes on. The tasks run one after the other in this thread, whatever
   * `backend`, `workers` and `concurrency` say, without `timeout`, `stallTimeout`, `deadline` and progress bar. A call that
   * failed is made again, up to three times: what it does to the outside happens again, too.
   * @defaultValue false
   */
  readonly debug?: boolean | undefined
  /** The same with the inspector of Node, on a port of its own of the loopback, instead of the prompt. @defaultValue false */
  readonly inspect?: boolean | undefined
  /** Shown in progress, errors and logs. @defaultValue the function's name, or its place (`report.ts:12`) */
  readonly name?: string | undefined
}

/** The options of `map`: `A` are the types of `args`, `S` says if `spread` is set. */
export interface MapOptions<
  I = unknown,
  E extends OnErrorWord = OnErrorWord,
  V = unknown,
  A extends readonly unknown[] = readonly [],
  S extends boolean = false,
> extends RunOptions<E, V> {
  /** Constants that each call gets after its input; sent to each worker once. @defaultValue [] */
  readonly args?: A | undefined
  /** `true`: an input, which must be an array, is the list of arguments: `fn(...input, ...args)`. @defaultValue false */
  readonly spread?: S | undefined
  /**
   * Inputs that are left out of the results: those for which it returns true (it is called in this thread, as the inputs are
   * read); those at which an array has true (it must be as long as the inputs); those whose index a set has.
   */
  readonly skip?: ((input: I, index: number) => boolean) | readonly boolean[] | ReadonlySet<number> | undefined
}
