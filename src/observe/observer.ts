import type { TaskError } from '../errors/task-errors.ts'
import type { WorkerDeath } from '../errors/task-errors.ts'

/** The ways in which an attempt ends, as `AttemptBatch.state` numbers them. */
export const ATTEMPT_STATES = ['ok', 'cached', 'failed', 'timeout', 'crashed', 'aborted', 'requeued'] as const

/**
 * The end of an attempt. `cached`: there was none, since the result was in a cache. `crashed`: its worker died under it, or
 * was ended for its memory. `aborted`: it was cancelled. `requeued`: it was taken back because its worker ended for
 * another reason, and runs again uncharged.
 */
export type AttemptState = (typeof ATTEMPT_STATES)[number]

/** A worker: `id` is its own; a worker that replaces it takes over its `slot`. */
export interface WorkerRef {
  readonly id: number
  readonly slot: number
  readonly pid?: number | undefined
  /** The machine that it is on, if that may not be this one. */
  readonly host?: string | undefined
}

/** Names a run in what observers get. */
export interface RunRef {
  /** Unique in this process, and in practice everywhere. */
  readonly id: string
  /** As in progress and errors: the option `name`, or the function's name. */
  readonly name: string
}

/** A run has begun: no task of it was started before. */
export interface RunStarted {
  readonly run: RunRef
  /** Milliseconds since 1970, as all times that observers get. */
  readonly at: number
  readonly backend: string
  /** Workers that it may use at most. */
  readonly workers: number
  /** Inputs, if their number is known. */
  readonly total: number | undefined
  /** The functions that are known at the start, with the steps that they are made of. */
  readonly functions: readonly {
    /** Tells functions of one name apart. */
    readonly id?: number
    readonly name: string
    readonly steps: readonly string[] | undefined
  }[]
  /** Of a workflow: which function's results are arguments of which, by their places in `functions`. */
  readonly edges?: readonly (readonly [from: number, to: number])[] | undefined
}

/** The work of the cache before the workers of a run. Steps of pipelines that have a cache of their own are not in it. */
export interface RunCacheTotals {
  readonly hits: number
  /** Results that another task or process was computing, and that were awaited. */
  readonly joined: number
  readonly misses: number
  /** Milliseconds that the calls took whose results were found, as far as the cache knows. */
  readonly savedMs: number
  /** Milliseconds that inputs waited for results that others computed, added up. */
  readonly waitedMs: number
}

/** A run is over: nothing is told of it afterwards. Counts are numbers of inputs. */
export interface RunEnded {
  readonly run: RunRef
  readonly at: number
  readonly done: number
  /** Of those that are done, how many came from a cache. */
  readonly cached: number
  readonly failed: number
  /** Undefined if the run has no cache. */
  readonly cache?: RunCacheTotals | undefined
  /** Attempts after one that failed or timed out; those after a worker's death do not count. */
  readonly retried: number
  /** The reason, if the run ended before its inputs did. */
  readonly endedBy: 'halt' | 'deadline' | 'quit' | undefined
  /** The error that the run rejects with, if it does. */
  readonly error: unknown
}

/**
 * Attempts that ended together, as columns: row `i` of each column is one attempt. Rows are in the order in which they
 * ended; each attempt is in one batch, once. Columns are read-only and may be kept; methods look into memory of the run,
 * so call them before the observer returns.
 */
export interface AttemptBatch {
  readonly run: RunRef
  /** The worker of all rows; undefined if none had them: cached, or aborted before they were sent. */
  readonly worker: WorkerRef | undefined
  readonly length: number
  /** The start of each, in milliseconds since 1970 with fractions; NaN if it is not known. */
  readonly start: Float64Array
  /** The duration of each, in milliseconds; NaN if it is not known. */
  readonly ms: Float64Array
  /** The state of each, an index into `ATTEMPT_STATES`; undefined: all are `ok`. */
  readonly state: Uint8Array | undefined
  /** The number of each attempt of its task, from 1; 0 if there was none: cached, or refused while it waited. Undefined: all 1. */
  readonly attempt: Uint32Array | undefined
  /** 1 if it is the task's outcome, 0 if the task runs again. Undefined: all are outcomes. */
  readonly final: Uint8Array | undefined
  /** The name of the function, or in a workflow of the node. */
  task(i: number): string
  /** The position of the input in its run. */
  index(i: number): number
  /** The input as the caller gave it. */
  input(i: number): unknown
  /** The content key of the input. Costs about 2 µs, more for large inputs. */
  key(i: number): string
  /** The error of an attempt that was no success. */
  error(i: number): TaskError | undefined
  /**
   * In a pipeline: the milliseconds of each step, in the order of `RunStarted.functions`; negative if the step did not run.
   * Undefined for other tasks, and if the worker did not tell.
   */
  stepMs(i: number): readonly number[] | undefined
}

/** An attempt has begun. */
export interface AttemptStarted {
  readonly run: RunRef
  readonly at: number
  readonly worker: WorkerRef
  readonly task: string
  readonly index: number
  /** From 1. */
  readonly attempt: number
  readonly input: unknown
}

/** A worker is ready for tasks, at this time in milliseconds since 1970. */
export interface WorkerStarted {
  readonly at: number
  readonly worker: WorkerRef
}

/** A worker is gone, at this time in milliseconds since 1970. */
export interface WorkerExited {
  readonly at: number
  readonly worker: WorkerRef
  /** The cause of its death; undefined if it was ended on purpose: replaced, idle, or because its pool was closed. */
  readonly death: WorkerDeath | undefined
}

/** An error that came after its task had its outcome. */
export interface LateError {
  readonly at: number
  readonly worker: WorkerRef
  /** The task that left it behind, if that is known. */
  readonly task: { readonly name: string; readonly index: number } | undefined
  readonly error: unknown
}

/** The state of a run at one moment. */
export interface RunSample {
  readonly run: RunRef
  readonly at: number
  /** Tasks that workers have. */
  readonly running: number
  /** Outcomes that wait for the consumer. */
  readonly waiting: number
  /** Inputs read so far. */
  readonly read: number
  /** Workers by slot, with their memory in bytes if that is known. */
  readonly workers: readonly (WorkerRef & { readonly memory: number | undefined })[]
  /** Memory of this process in bytes. */
  readonly rss: number
}

/** Something that a task printed. */
export interface LogRecord {
  /** The task's name; undefined for what no task printed. */
  readonly task: string | undefined
  readonly index: number | undefined
  /** In a pipeline: the step that printed it. */
  readonly step?: string
  /** The task's input as the caller gave it. */
  readonly input: unknown
  readonly worker: { readonly id: number; readonly slot: number }
  readonly stream: 'stdout' | 'stderr'
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug' | 'write'
  readonly text: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/**
 * Follows runs as they go: option `observe` of `map`, `execute`, pipelines, workflows and pools. All methods are
 * optional; what no observer defines costs nothing.
 *
 * Methods are called synchronously in the caller's thread, and must not block: the run waits for them. A method that
 * ends the run, by its signal for example, is followed by `runEnded` before it returns. A method must not throw; an observer that does is switched off with one warning (`MH_OBSERVER`), and
 * the run continues. The order: `runStarted`; then attempts, workers and output as they come; then `runEnded`. Attempts
 * are told before the consumer gets their results.
 *
 * An observer of a pool gets all that the pool runs: `runStarted` and `runEnded` of its runs, and the attempts of
 * `pool.run` and of queues, whose `run.name` is `run` and `queue`.
 */
export interface RunObserver {
  /** The run is ready: workers were asked for, functions prepared; no task has begun. */
  runStarted?(run: RunStarted): void
  /** Attempts ended. One call for all that arrived together; with measured times it costs less than 1 µs a task. */
  attempts?(batch: AttemptBatch): void
  /** A task begins. Costs a message for each task, about 4 µs: define it only if starts are needed as they happen. */
  attemptStarted?(start: AttemptStarted): void
  /** A worker is ready. */
  workerStarted?(event: WorkerStarted): void
  /** A worker is gone. */
  workerExited?(event: WorkerExited): void
  /** Something was printed. Independent of the option `logs`. */
  log?(record: LogRecord): void
  lateError?(event: LateError): void
  /** Once a second while the run goes on, and once at its end. */
  sample?(sample: RunSample): void
  /** The run is over: none of its tasks runs. Called once, also if it was cancelled; not if it never became ready. */
  runEnded?(end: RunEnded): void
}
