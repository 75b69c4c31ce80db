import { brand, ManyhandsError } from './manyhands-error.ts'

/** Which task an error is about. */
export interface TaskIdentity {
  /** The function's name, or its place (`report.ts:12`) where it has none. */
  readonly name: string
  /** The input's position, from 0. */
  readonly index: number
  /** The content key of the input: equal inputs have equal keys, in every process and on every Node version. */
  readonly key: string
}

/** The worker that a failure happened in. */
export interface WorkerIdentity {
  readonly id: number
  readonly slot: number
  /** The process that it is, or is in. */
  readonly pid?: number | undefined
  /** The machine that it is on, where that is not this one. */
  readonly host?: string | undefined
}

/** All that is known about a failed task. */
export interface TaskFailure {
  readonly task: TaskIdentity
  readonly input: unknown
  readonly attempts: number
  readonly worker?: WorkerIdentity | undefined
  /** The step that it was at, where it is made of steps. */
  readonly step?: string | undefined
  readonly remoteStack?: string | undefined
  readonly cause?: unknown
}

/**
 * A task failed: one input's outcome, which costs no other input.
 *
 * `cause` is what the task threw: an Error with its name, message, own fields, causes and `errors`, or the very value
 * where it was no Error.
 */
export class TaskError extends ManyhandsError {
  /** Name, index and content key of the task. */
  readonly task: TaskIdentity
  /** The input as the caller gave it. */
  readonly input: unknown
  /** How often the task was started. */
  readonly attempts: number
  /** The worker of the last attempt, where there was one. */
  readonly worker: WorkerIdentity | undefined
  /** In a pipeline: the step that failed, or that it was at. */
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
    // Not enumerable: the same text is the stack of `cause`, and nobody wants it twice on the console.
    Object.defineProperty(this, 'remoteStack', { value: failure.remoteStack, configurable: true })
  }

  static {
    brand(this, 'TaskError')
  }
}

/** Where the task failed says more than where its failure was noticed. */
function framesOf(stack: string | undefined): string {
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return frames.map((frame) => `\n${frame}`).join('')
}

function describeTask({ task, step }: TaskFailure): string {
  // What a whole run needs belongs to no input.
  const name = task.index < 0 ? task.name : `${task.name}[${task.index}]`
  return step === undefined ? name : `${name}, step "${step}",`
}

function describeThrown(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`
  if (typeof thrown === 'string') return thrown
  if (typeof thrown === 'object' && thrown !== null) return 'an object that is no Error was thrown'
  return `${String(thrown)} was thrown`
}
