import { format } from 'node:util'

import { InvalidStateError } from '../../errors/argument-errors.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { TaskSteps } from './task-steps.ts'

/** Facts about the running task, and its log. */
export interface CurrentTask {
  /** The task's name. */
  readonly name: string
  /**
   * The input's position, from 0.
   *
   * @throws {InvalidStateError} in a batched function, which is called with many inputs: their positions are in `indexes`.
   */
  readonly index: number
  /** The positions of all inputs of the call, from 0: of one input, but in a batched function. */
  readonly indexes: readonly number[]
  /**
   * 1 for the first attempt, 2 for the first retry, and so on. In a step of a pipeline, the retries of that step count,
   * too.
   */
  readonly attempt: number
  /** In a pipeline: the running step. */
  readonly step: string | undefined
  /**
   * The content key of the input, made when it is read. Costs a hash of the input.
   *
   * @throws {InvalidStateError} in a batched function, which is called with many inputs.
   */
  readonly key: string
  readonly worker: { readonly id: number; readonly slot: number }
  /** The span of the run that the task belongs to, as a W3C `traceparent`; undefined if the run is not traced. */
  readonly traceparent: string | undefined
  /** Fires when the task is no longer wanted: its timeout has passed, or its run was cancelled. */
  readonly signal: AbortSignal
  /** Writes a line to the run's log, as output of this task. */
  log(...values: readonly unknown[]): void
}

/** The batch of a running item, as its handle sees it. */
interface ItemBatch {
  readonly id: number
  fn(item: number): { readonly name: string; readonly bundle: object | undefined }
  index(item: number): number
  indexesOfCall(item: number): readonly number[]
  attempt(item: number): number
  input(item: number): unknown
  stepsOf(item: number): TaskSteps | undefined
  readonly traceparent: string | undefined
}

/** Aborts one item, or one of its steps. The signal is made when it is first needed: most tasks never ask for theirs. */
export class AbortControl {
  #controller: AbortController | undefined

  get signal(): AbortSignal {
    return this.#create().signal
  }

  abort(reason: unknown): void {
    this.#create().abort(reason)
  }

  #create(): AbortController {
    return (this.#controller ??= new AbortController())
  }
}

/** The handle of one running item. */
export class TaskHandle implements CurrentTask {
  readonly #batch: ItemBatch
  readonly #item: number
  readonly #context: WorkerContext
  readonly #control: AbortControl

  constructor(batch: ItemBatch, item: number, context: WorkerContext, control: AbortControl) {
    this.#batch = batch
    this.#item = item
    this.#context = context
    this.#control = control
  }

  get name(): string {
    return this.#batch.fn(this.#item).name
  }

  get index(): number {
    this.#checkOne('index', 'Use currentTask().indexes')
    return this.#steps?.index?.() ?? this.#batch.index(this.#item)
  }

  get indexes(): readonly number[] {
    return this.#batch.indexesOfCall(this.#item)
  }

  get attempt(): number {
    return this.#batch.attempt(this.#item) + (this.#steps?.retried ?? 0)
  }

  get step(): string | undefined {
    return this.#steps?.current
  }

  get key(): string {
    this.#checkOne('key', 'Make keys of its inputs')
    return contentKey(this.#batch.input(this.#item))
  }

  get worker(): { readonly id: number; readonly slot: number } {
    return { id: this.#context.id, slot: this.#context.slot }
  }

  get traceparent(): string | undefined {
    return this.#batch.traceparent
  }

  get signal(): AbortSignal {
    return this.#steps?.signal ?? this.#control.signal
  }

  log(...values: readonly unknown[]): void {
    const step = this.#steps?.number
    this.#context.port.post({
      type: 'log',
      batch: this.#batch.id,
      offset: this.#item,
      ...(step !== undefined && { step }),
      stream: 'stdout',
      level: 'log',
      text: `${format(...values)}\n`,
      time: Date.now(),
    })
  }

  #checkOne(member: string, instead: string): void {
    if (this.#batch.fn(this.#item).bundle === undefined) return
    const name = `currentTask().${member}`
    throw new InvalidStateError(`${name} cannot be read in a batched function: a call has many inputs. ${instead}`)
  }

  get #steps(): TaskSteps | undefined {
    return this.#batch.stepsOf(this.#item)
  }
}
