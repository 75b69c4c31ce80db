import { brand, ManyhandsError } from './manyhands-error.ts'

/** A call that has not happened yet: a `Task`, which can be run, executed or pushed. */
export interface TaskCall {
  readonly name: string
  readonly args: readonly unknown[]
  readonly result: unknown
  toString(): string
}

/** Names the task that an error is about. The task of an error prints as its call: `wait(5, true)`. */
export interface TaskIdentity {
  /** The function's name, or its place (`report.ts:12`) if it has none. */
  readonly name: string
  /** The input's position, from 0. */
  readonly index: number
  /** The content key of the input: equal inputs have equal keys, in every process and on every Node version. */
  readonly key: string
  /**
   * The call that failed, to run or push it again. Undefined for pipelines and workflows, for errors that came from a
   * worker, and in events.
   */
  readonly call?: TaskCall | undefined
  /** Of an error: the call in words. */
  toString(): string
}

/** The worker that a failure happened in. */
export interface WorkerIdentity {
  readonly id: number
  readonly slot: number
  /** The process that it is, or that it runs in. */
  readonly pid?: number | undefined
  /** The machine that it runs on, if that is not this one. */
  readonly host?: string | undefined
}

/** All that is known about a failed task. */
export interface TaskFailure {
  readonly task: TaskIdentity
  readonly input: unknown
  readonly attempts: number
  readonly worker?: WorkerIdentity | undefined
  /** The step that was running, if the task is made of steps. */
  readonly step?: string | undefined
  readonly remoteStack?: string | undefined
  readonly cause?: unknown
}

/**
 * A task failed: the outcome of one input. Other inputs are not affected.
 *
 * `cause` is what the task threw: an Error with its name, message, own fields, causes and `errors`, or the thrown value
 * itself if it was not an Error.
 */
export class TaskError extends ManyhandsError {
  /** Name, index, content key and call of the task. Prints as the call. */
  readonly task: TaskIdentity
  /** The input as the caller gave it. */
  readonly input: unknown
  /** The number of times that the task was started. */
  readonly attempts: number
  /** The worker of the last attempt, if there was one. */
  readonly worker: WorkerIdentity | undefined
  /** In a pipeline: the step that failed or was running. */
  declare readonly step?: string
  /** The stack in the worker, pointing at the user's own lines. */
  declare readonly remoteStack: string | undefined

  constructor(failure: TaskFailure, what?: string, code = 'MH_TASK_FAILED') {
    super(code, `${describeTask(failure)} ${what ?? `failed: ${describeThrown(failure.cause)}`}`, failure)
    this.task = failure.task
    this.input = failure.input
    this.attempts = failure.attempts
    this.worker = failure.worker
    if (failure.step !== undefined) this.step = failure.step
    this.stack = `${new.target.name}: ${this.message}${framesOf(failure.remoteStack)}`
    // Not enumerable: the same text is the stack of `cause`, and would be printed twice.
    Object.defineProperty(this, 'remoteStack', { value: failure.remoteStack, configurable: true })
  }

  static {
    brand(this, 'TaskError')
  }
}

/**
 * Returns the frames of a stack: the place where the task failed says more than the place where its failure was
 * noticed.
 */
function framesOf(stack: string | undefined): string {
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return frames.map((frame) => `\n${frame}`).join('')
}

function describeTask({ task, step }: TaskFailure): string {
  // Index -1 stands for the run as a whole, such as for its shared arguments.
  const name = task.index < 0 ? task.name : `${task.name}[${task.index}]`
  return step === undefined ? name : `${name}, step "${step}",`
}

function describeThrown(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`
  if (typeof thrown === 'string') return thrown
  if (typeof thrown === 'object' && thrown !== null) return 'an object that is not an Error was thrown'
  return `${String(thrown)} was thrown`
}

/** A task was stopped, or never started, because its run ended first. */
export class TaskAbortedError extends TaskError {
  constructor(failure: TaskFailure, why: string) {
    super(failure, `was aborted: ${why}`, 'MH_TASK_ABORTED')
  }

  static {
    brand(this, 'TaskAbortedError')
  }
}

/** A task ran longer than its `timeout`, counted from its own start. */
export class TaskTimeoutError extends TaskError {
  /** The limit in milliseconds. */
  readonly timeout: number

  constructor(failure: TaskFailure, timeout: number) {
    super(failure, `timed out: it ran longer than ${formatMs(timeout)}`, 'MH_TASK_TIMEOUT')
    this.timeout = timeout
  }

  static {
    brand(this, 'TaskTimeoutError')
  }
}

function formatMs(ms: number): string {
  return `${Number.isInteger(ms) ? ms : Number(ms.toFixed(1))} ms`
}

/** The role of a value that could not be sent. */
export type Direction = 'input' | 'result' | 'argument' | 'capture'

/** A value cannot be sent to or from a worker. `path` names the part of it that cannot. Never retried. */
export class SerializationError extends TaskError {
  /** The position inside the value: `result.items[3].fn`. */
  readonly path: string
  readonly direction: Direction

  constructor(failure: TaskFailure, path: string, reason: string, direction: Direction) {
    super(failure, `cannot send its ${direction}: ${path} ${reason}`, 'MH_SERIALIZATION')
    this.path = path
    this.direction = direction
  }

  static {
    brand(this, 'SerializationError')
  }
}

/** An input or result is larger than the backend can carry in one piece. */
export class PayloadTooLargeError extends TaskError {
  /** The largest size that can be sent, in bytes. */
  readonly limit: number

  constructor(failure: TaskFailure, direction: Direction, limit: number) {
    super(
      failure,
      `has ${direction === 'result' ? 'a' : 'an'} ${direction} of more than ${limit} bytes, the most that can be sent`,
      'MH_PAYLOAD_TOO_LARGE',
    )
    this.limit = limit
  }

  static {
    brand(this, 'PayloadTooLargeError')
  }
}

/** An input is a row of a data file that cannot be read, so the function was not called. It does not run again. */
export class UnreadableRowError extends TaskError {
  /** The place of the row: `rows.jsonl:17`. */
  readonly position: string
  /** The fault: `not JSON: …`. */
  readonly reason: string

  constructor(failure: TaskFailure, position: string, reason: string) {
    super(failure, `cannot be read: ${position}: ${reason}`, 'MH_ROW_UNREADABLE')
    this.position = position
    this.reason = reason
  }

  static {
    brand(this, 'UnreadableRowError')
  }
}

/** A task used more memory than its worker may have. */
export class ResourceLimitError extends TaskError {
  /** The limit in bytes. */
  readonly limit: number
  /** Memory of the worker when it was stopped, in bytes. */
  readonly used: number

  constructor(failure: TaskFailure, limit: number, used: number) {
    super(
      failure,
      `used ${megabytes(used)} of memory, more than the ${megabytes(limit)} of its worker`,
      'MH_RESOURCE_LIMIT',
    )
    this.limit = limit
    this.used = used
  }

  static {
    brand(this, 'ResourceLimitError')
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`
}

/** The way in which a worker ended. */
export interface WorkerDeath {
  readonly reason: 'exit' | 'signal' | 'oom' | 'heartbeat'
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  /** The reason why it never started. */
  readonly cause?: Error
  /** True if no worker could be had, so that none has ended. */
  readonly none?: boolean
}

/** A task's worker died while it ran, more often than `workerDeaths` allows. */
export class WorkerCrashedError extends TaskError {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** `'oom'`: out of memory. `'heartbeat'`: it stopped answering. */
  readonly reason: 'exit' | 'signal' | 'oom' | 'heartbeat'

  constructor(failure: TaskFailure, death: WorkerDeath) {
    super(failure, `lost its worker: ${describeDeath(death)}`, 'MH_WORKER_CRASHED')
    this.exitCode = death.exitCode
    this.signal = death.signal
    this.reason = death.reason
  }

  static {
    brand(this, 'WorkerCrashedError')
  }
}

/** Describes a worker's end in words. */
export function describeDeath(death: WorkerDeath): string {
  switch (death.reason) {
    case 'oom':
      return 'it ran out of memory'
    case 'heartbeat':
      return 'it stopped answering'
    case 'signal':
      return `it was ended by ${death.signal ?? 'a signal'}`
    case 'exit':
      if (death.cause !== undefined) return death.cause.message
      return `it exited with code ${death.exitCode ?? 'unknown'}`
  }
}
