import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import type { Encoded, Special } from '../codec/special.ts'
import type { Bundle, PortableGraph } from './portable.ts'
import type { RowColumn, RowContents, TextColumn } from './row-columns.ts'

/** Raised when the meaning of frames changes; both sides must agree. */
export const WIRE_VERSION = 3

/** Values of a batch, one per item. All-number columns travel as a Float64Array. */
export interface Column {
  readonly values: readonly unknown[] | Float64Array
  /** The special parts of items that have any. */
  readonly specials?: readonly (readonly [position: number, specials: readonly Special[]])[]
}

/** A message from the host to a worker. */
export type HostFrame =
  | LoadFrame
  | BatchFrame
  | CancelFrame
  | ResumeFrame
  | ForgetFrame
  | RecalledFrame
  | EnvFrame
  | CloseFrame
  | RelayFrame

/** A function that batches will name by its number, with its constant arguments. */
export interface LoadFrame {
  readonly type: 'load'
  readonly fn: number
  readonly name: string
  readonly graph: PortableGraph
  /** Classes whose instances may be sent: the name, and the roots of class, encode and decode in the graph. */
  readonly classes: readonly (readonly [name: string, prototype: number, encode: number, decode: number])[]
  /** Constants appended to each call. */
  readonly args: Encoded | undefined
  /**
   * The function's role: the task itself; a class to be built here once with the arguments in `construct`, whose `call`
   * is the task; or the pool's `init`, to be called at once.
   */
  readonly role: 'task' | 'stateful' | 'init'
  readonly construct: Encoded | undefined
  /**
   * The number of the instance, if functions share one: it is built for the first of them, and lives as long as the
   * worker. Absent: the function has its own, which is closed when the function is unloaded.
   */
  readonly instance?: number
  /** Results are copied the moment they are there; else passed as they are, which only the caller's own thread can. */
  readonly copy: boolean
  /** Send the output of its tasks to the host. Used if the worker is the host's own thread. */
  readonly captureOutput: boolean
  /** Report the start of each task at once. */
  readonly announce: boolean
  /** Report start and length of tasks with their outcomes: of each task, or of those that took at least `SLOW_MS`. */
  readonly measure: 'each' | 'slow' | false
  /** Send results as lines of JSON, unless the function is made of steps. */
  readonly asText?: true
  /** Send the content key of each input with its outcome. */
  readonly keys?: true
  /** The function is called with arrays of inputs. Absent: it is not, or only the worker can know. */
  readonly bundle?: Bundle
}

/** Tasks that take this many milliseconds are worth a record of their own. */
export const SLOW_MS = 1

/** The length of a key of an input, in bytes: keys of values are as long as those of rows. */
export const KEY_BYTES: number = ROW_KEY_BYTES

/** A span that others are children of, in the form of the W3C's headers. */
export interface TraceHeaders {
  readonly traceparent: string
  readonly tracestate?: string
}

/** Items to run, in order. */
export interface BatchFrame {
  readonly type: 'batch'
  readonly id: number
  readonly slot: number
  /** The run or queue that the items belong to. */
  readonly group: number
  /**
   * Items of its group in flight at once. With 1 the batch has a thread of the worker's own to itself while it runs; all
   * others run beside each other.
   */
  readonly concurrency: number
  /** Each input is the list of arguments. */
  readonly spread: boolean
  readonly fn: number
  /** The function of each item, if they differ. */
  readonly fns?: readonly number[]
  readonly inputs: Column | RowColumn
  /** The index of the first input, or of each. */
  readonly indexes: number | readonly number[]
  /** The attempt of each item, if not all are the first. */
  readonly attempts?: readonly number[]
  /** Items whose failure ends the run, so that no more items of the group are to begin: all, or those at these offsets. */
  readonly fatal?: true | readonly number[]
  /** The span that spans of its tasks are children of, as W3C headers. */
  readonly trace?: TraceHeaders
  /** Priority of the batch, read by the agent that schedules the worker. Omitted if 0; not forwarded to the worker. */
  readonly priority?: number
  /**
   * Milliseconds that results of the batch may wait at the agent for others to be sent with. Omitted if the worker is on
   * this machine; not forwarded to the worker.
   */
  readonly patience?: number
  /** Results of the batch may wait for its end, or some milliseconds, since they wait at the agent anyway. */
  readonly isPatient?: boolean
}

/** Answers `stopped`: batches that are sent after this are to run. */
export interface ResumeFrame {
  readonly type: 'resume'
  readonly group: number
}

/** Gives up one item: its signal fires, and its outcome is ignored. */
export interface CancelFrame {
  readonly type: 'cancel'
  readonly batch: number
  readonly offset: number
  readonly reason: Encoded
}

/** Unloads a function, its captures and its instance: the run that used it is over. */
export interface ForgetFrame {
  readonly type: 'forget'
  readonly fn: number
}

/** The host's answer about a call that the worker asked for. */
export interface RecalledFrame {
  readonly type: 'recalled'
  readonly call: number
  /**
   * `wait`: the host is looking for it, or another worker computes it. `compute`: the worker has to compute it and
   * report. `hit` and `joined` carry the result. `computed`: the reported result is stored. `unstorable`: it is not.
   */
  readonly state: 'wait' | 'compute' | 'hit' | 'joined' | 'computed' | 'unstorable'
  readonly result?: Encoded
  /** The hash of the result: equal results have equal hashes. */
  readonly valueHash?: string
}

/** Replaces the environment variables, the working directory and the umask with the caller's. */
export interface EnvFrame {
  readonly type: 'env'
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string | undefined
  readonly umask?: number | undefined
}

/** Closes the instances of stateful workers, then ends the worker. */
export interface CloseFrame {
  readonly type: 'close'
}

/** Frames that an agent sends to a worker that runs code for untrusted clients. */
export type RelayFrame = AllowFrame | PackedFrame

/** Limits what untrusted clients may ask for. Precedes all their frames. */
export interface AllowFrame {
  readonly type: 'allow'
  /** Modules whose exports may be run: the id by which clients ask for each, and its location here. */
  readonly modules: readonly (readonly [id: string, url: string])[]
  /** Allow functions by value, and any module. */
  readonly code: boolean
  /** Allow modules whose code differs from the client's. */
  readonly skew: boolean
}

/** A frame that only the two ends read; the agent forwards it undecoded. */
export interface PackedFrame {
  readonly type: 'packed'
  /** The compact form of the frame, serialised. */
  readonly body: Uint8Array
  /** The outcomes in it, if it has any. */
  readonly done?: PackedOutcomes
}

/** The facts about outcomes that an agent needs; it forwards the outcomes undecoded. */
export interface PackedOutcomes {
  readonly batch: number
  readonly count: number
  /** No more outcomes of the batch will come. */
  readonly end: boolean
  /** A failure is among them: the host may have to end the run. */
  readonly failed: boolean
}

/** The number of items in a batch. */
export function inputCount({ inputs }: Pick<BatchFrame, 'inputs'>): number {
  return 'rows' in inputs ? inputs.bounds.length / 2 : inputs.values.length
}

/** The number of outcomes in a frame. */
export function outcomeCount({ results }: Pick<DoneFrame, 'results'>): number {
  return 'text' in results ? results.count : results.values.length
}

/** A message from a worker to its host. */
export type WorkerFrame =
  | ReadyFrame
  | LoadedFrame
  | LoadFailedFrame
  | StartedFrame
  | DoneFrame
  | CancelledFrame
  | RecallFrame
  | KeepFrame
  | LogFrame
  | LateErrorFrame
  | ClosedFrame
  | PackedFrame

/** The worker can take work. */
export interface ReadyFrame {
  readonly type: 'ready'
  readonly version: number
  readonly pid: number
}

/** A function is ready to run. */
export interface LoadedFrame {
  readonly type: 'loaded'
  readonly fn: number
  /** It is an instance, which lives as long as its run or pool. */
  readonly stateful: boolean
  /** Its steps, if only the worker could know them. */
  readonly steps?: StepsOfTask
  /** It is called with arrays of inputs. */
  readonly bundle?: Bundle
}

/** The steps that a task is made of. */
export interface StepsOfTask {
  /** Names of the steps, by their numbers. */
  readonly names: readonly string[]
  /** The number of retries of each step. */
  readonly retries: readonly number[]
  /** The time limit of each step, in milliseconds. */
  readonly limits: readonly (number | undefined)[]
}

/** A function, class or instance could not be made: fatal to its run. */
export interface LoadFailedFrame {
  readonly type: 'load-failed'
  readonly fn: number
  readonly phase: 'module' | 'init'
  readonly error: Encoded
}

/** A task began. Sent only if the function is loaded with `announce`. */
export interface StartedFrame {
  readonly type: 'started'
  readonly batch: number
  readonly offset: number
}

/** Outcomes of some items of a batch. */
export interface DoneFrame {
  readonly type: 'done'
  readonly batch: number
  /** The first item, if the items are consecutive; else each item. */
  readonly offsets: number | readonly number[]
  /** One value per outcome, undefined for failures; or the text of all. */
  readonly results: Column | TextColumn
  /** The failures among the outcomes, by position in the column. */
  readonly failures?: readonly (readonly [position: number, failure: ItemFailure])[]
  /**
   * Two numbers per outcome, if its function is loaded with `measure: 'each'`: the start in milliseconds since 1970, and
   * the length.
   */
  readonly times?: readonly number[]
  /** With `measure: 'slow'`: the start of the first of the tasks, in milliseconds since 1970. */
  readonly start?: number
  /** Three numbers for each task that was slow or failed: its position in the column, its start and its length. */
  readonly timed?: readonly number[]
  /** The keys of the inputs, `KEY_BYTES` for each outcome, if they were asked for. */
  readonly keys?: Uint8Array
  readonly contents?: RowContents
  /** Milliseconds of work since the last such frame. */
  readonly ms: number
  /** The approximate size of the results, in bytes. */
  readonly bytes: number
  /** No more outcomes of this batch will come. */
  readonly end: boolean
  /** A fatal failure is among the outcomes. The worker gives back all batches of the group until it is told to resume. */
  readonly stopped?: true
  /** The worker could not read the rows of the batch in their file, and runs none of them. */
  readonly unread?: true
  /** Average time of an asynchronous task from start to end, in milliseconds: such tasks wait while others run. */
  readonly taskMs?: number
  /** Bytes of memory of the worker, measured from time to time. */
  readonly memory?: number
}

/** The reason why an item has no result. */
export type ItemFailure =
  /** With `call` it is the failure of a call with so many inputs: of this outcome, and of those after it. */
  | ({ readonly kind: 'thrown'; readonly error: Encoded; readonly call?: number } & Partial<FailedStep>)
  /** A step ran over its limit. */
  | ({ readonly kind: 'timeout'; readonly limit: number } & FailedStep)
  | {
      readonly kind: 'unsendable'
      readonly path: string
      readonly reason: string
      readonly direction: 'input' | 'result'
    }
  | { readonly kind: 'too-large'; readonly limit: number }
  /** The row cannot be parsed. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** The result has no form in JSON. */
  | { readonly kind: 'unwritable'; readonly reason: string }

/** The failed step of an item that is made of steps, and a report on the steps before. */
export interface FailedStep {
  readonly step: string
  readonly state: Encoded
}

/** A cancelled item no longer holds the worker. */
export interface CancelledFrame {
  readonly type: 'cancelled'
  readonly batch: number
  readonly offset: number
}

/** A worker calls a step whose result the host may have. The answer is a `recalled` frame. */
export interface RecallFrame {
  readonly type: 'recall'
  /** Identifies the call in the answers. */
  readonly call: number
  readonly fn: number
  /** The number of the step. */
  readonly step: number
  /** The hash of each argument, 64 hex digits; undefined for an ignored argument. */
  readonly args: readonly (string | undefined)[]
}

/**
 * The result of a call that the host let the worker compute. Without a result, the call failed or is no longer awaited.
 */
export interface KeepFrame {
  readonly type: 'keep'
  readonly call: number
  readonly result?: Encoded
}

/** Output of a task. */
export interface LogFrame {
  readonly type: 'log'
  /** The item that printed it; absent for output that is not a task's. */
  readonly batch?: number
  readonly offset?: number
  /** The number of the step that was running, if the item is made of steps. */
  readonly step?: number
  readonly stream: 'stdout' | 'stderr'
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug' | 'write'
  readonly text: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/** An error that no call was waiting for: an unhandled rejection, or a throw in a timer. */
export interface LateErrorFrame {
  readonly type: 'late-error'
  readonly error: Encoded
  /** The task that it came from, if that is known. */
  readonly task?: { readonly fn: number; readonly index: number }
}

/** All is closed; the worker ends now. */
export interface ClosedFrame {
  readonly type: 'closed'
}

/** A worker's connection to its host. A posted frame arrives even if the worker is ended right afterwards. */
export interface WorkerPort {
  post(frame: WorkerFrame, transfer?: readonly unknown[]): void
}
