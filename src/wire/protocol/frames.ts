import type { Encoded, Special } from '../codec/special.ts'
import type { PortableGraph } from './portable.ts'

/** Raised when frames change their meaning; both sides must agree. */
export const WIRE_VERSION = 2

/** Values of a batch, one per item. All-number columns travel as a Float64Array. */
export interface Column {
  readonly values: readonly unknown[] | Float64Array
  /** The special parts of items that have any. */
  readonly specials?: readonly (readonly [offset: number, specials: readonly Special[]])[]
}

/** What the host tells a worker. */
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
  /** Classes whose instances may travel: name, and the roots of class, encode and decode in the graph. */
  readonly classes: readonly (readonly [name: string, prototype: number, encode: number, decode: number])[]
  /** Constants appended to each call. */
  readonly args: Encoded | undefined
  /**
   * What the function is: the task itself; a class to be built here once, with `construct` as arguments, whose `call`
   * is the task; or the pool's `init`, to be called at once.
   */
  readonly role: 'task' | 'stateful' | 'init'
  readonly construct: Encoded | undefined
  /** Results are copied the moment they are there; else passed as they are, which only the caller's own thread can. */
  readonly copy: boolean
  /** What its tasks print goes to the host: asked for where the worker is the host's own thread. */
  readonly captureOutput: boolean
  /** Tell when each task starts, at once. */
  readonly announce: boolean
  /** Its outcomes say when they began and how long they took. */
  readonly measure: boolean
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
  /** Per item, where not all items are of one function. */
  readonly fns?: readonly number[]
  readonly inputs: Column
  /** The position of the first input, or of each. */
  readonly indexes: number | readonly number[]
  /** Which attempt each is, where not all are the first. */
  readonly attempts?: readonly number[]
  /** Items whose failure ends the run, so that nothing more of its group is to begin: all, or those at these offsets. */
  readonly fatal?: true | readonly number[]
  /** For who shares a worker out; absent where it is 0. The worker itself is not told. */
  readonly priority?: number
}

/** The answer to `stopped`: batches that were sent after this are to run. */
export interface ResumeFrame {
  readonly type: 'resume'
  readonly group: number
}

/** Stop one item: its signal fires, and what it still does counts for nothing. */
export interface CancelFrame {
  readonly type: 'cancel'
  readonly batch: number
  readonly offset: number
  readonly reason: Encoded
}

/** The run that used a function is over: drop it, its captures, and its instance. */
export interface ForgetFrame {
  readonly type: 'forget'
  readonly fn: number
}

/** What the host knows of a call that the worker has asked about. */
export interface RecalledFrame {
  readonly type: 'recalled'
  readonly call: number
  /**
   * `wait`: it is being looked for, or somebody else computes it. `compute`: the worker is to compute and to tell it.
   * `hit` and `joined` bring the result. `computed`: what the worker told is kept. `unstorable`: nothing is.
   */
  readonly state: 'wait' | 'compute' | 'hit' | 'joined' | 'computed' | 'unstorable'
  readonly result?: Encoded
  /** Of the result: equal ones have equal hashes. */
  readonly valueHash?: string
}

/** The environment variables of the caller have changed. */
export interface EnvFrame {
  readonly type: 'env'
  readonly env: Readonly<Record<string, string>>
}

/** Close what stateful workers hold, then end. */
export interface CloseFrame {
  readonly type: 'close'
}

/** What one who hands frames on for strangers tells a worker. */
export type RelayFrame = AllowFrame | PackedFrame

/** What the frames of strangers may ask for. Comes before any of them. */
export interface AllowFrame {
  readonly type: 'allow'
  /** Modules whose exports may be run: the names by which strangers ask for them, and where they lie here. */
  readonly modules: readonly (readonly [id: string, url: string])[]
  /** Functions by value, and any module. */
  readonly code: boolean
  /** Modules whose code is not what the stranger has. */
  readonly skew: boolean
}

/** A frame that only the two ends read: who hands it on does not look into it. */
export interface PackedFrame {
  readonly type: 'packed'
  /** The compact form of the frame, serialised. */
  readonly body: Uint8Array
  /** No more outcomes of this batch will come. */
  readonly ended?: number
}

/** What a worker tells its host. */
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
  /** It stands for an instance, which lives as long as its run or pool. */
  readonly stateful: boolean
  /** It is made of steps, and nobody but the worker knew. */
  readonly steps?: StepsOfTask
}

/** The steps that a task is made of. */
export interface StepsOfTask {
  /** By their numbers. */
  readonly names: readonly string[]
  /** How often each may run again by itself. */
  readonly retries: readonly number[]
  /** How long each may take, in milliseconds. */
  readonly limits: readonly (number | undefined)[]
}

/** A function, class or instance could not be made: fatal to its run. */
export interface LoadFailedFrame {
  readonly type: 'load-failed'
  readonly fn: number
  readonly phase: 'module' | 'init'
  readonly error: Encoded
}

/** A task began (only where it was asked for). */
export interface StartedFrame {
  readonly type: 'started'
  readonly batch: number
  readonly offset: number
}

/** Outcomes of some items of a batch. */
export interface DoneFrame {
  readonly type: 'done'
  readonly batch: number
  /** The first item, where the outcomes are of items in a row, or each item. */
  readonly offsets: number | readonly number[]
  /** One value per outcome; that of a failure is left empty. */
  readonly results: Column
  /** The failures among the outcomes, by place in the column. */
  readonly failures?: readonly (readonly [place: number, failure: ItemFailure])[]
  /** Of each outcome, where its function is measured: its start in milliseconds since 1970, and its length. */
  readonly times?: readonly number[]
  /** Milliseconds of work since the last such frame. */
  readonly ms: number
  /** About how many bytes the results take. */
  readonly bytes: number
  /** No more outcomes of this batch will come. */
  readonly end: boolean
  /** A fatal failure is among the outcomes: the worker gives back what it has of the group until it is told to resume. */
  readonly stopped?: true
  /** Milliseconds from start to end of an asynchronous task, on the average: they wait while others run. */
  readonly taskMs?: number
  /** Bytes of memory that the worker has, measured now and then. */
  readonly memory?: number
}

/** Why an item has no result. */
export type ItemFailure =
  | ({ readonly kind: 'thrown'; readonly error: Encoded } & Partial<FailedStep>)
  /** A step ran over its limit. */
  | ({ readonly kind: 'timeout'; readonly limit: number } & FailedStep)
  | {
      readonly kind: 'unsendable'
      readonly path: string
      readonly reason: string
      readonly direction: 'input' | 'result'
    }
  | { readonly kind: 'too-large'; readonly limit: number }

/** Where an item that is made of steps failed, and what there is to tell of the steps before. */
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

/** A step is called whose result the host may have. It answers with `recalled`. */
export interface RecallFrame {
  readonly type: 'recall'
  /** What the answers name it by. */
  readonly call: number
  readonly fn: number
  /** By its number. */
  readonly step: number
  /** The hash of each argument, 64 hex digits; undefined for one that does not count. */
  readonly args: readonly (string | undefined)[]
}

/** What a call gave that the host let the worker compute; without a result it failed, or is not waited for. */
export interface KeepFrame {
  readonly type: 'keep'
  readonly call: number
  readonly result?: Encoded
}

/** Something that a task printed. */
export interface LogFrame {
  readonly type: 'log'
  /** The item that printed it; absent for what no task printed. */
  readonly batch?: number
  readonly offset?: number
  /** The step that the item was at, where it is made of steps, by its number. */
  readonly step?: number
  readonly stream: 'stdout' | 'stderr'
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug' | 'write'
  readonly text: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/** An error that no task was waiting for: an unhandled rejection, or a throw in a timer. */
export interface LateErrorFrame {
  readonly type: 'late-error'
  readonly error: Encoded
  /** The task that it came from, where that is known. */
  readonly task?: { readonly fn: number; readonly index: number }
}

/** All is closed; the worker ends now. */
export interface ClosedFrame {
  readonly type: 'closed'
}

/** A worker's way to its host. What was posted arrives, also when the worker is ended right afterwards. */
export interface WorkerPort {
  post(frame: WorkerFrame, transfer?: readonly unknown[]): void
}
