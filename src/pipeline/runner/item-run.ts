import { argumentHash } from '../../cache/call-key.ts'
import { changedFile, filesBehind } from '../../cache/hashed-files.ts'
import { TaskError, TaskTimeoutError } from '../../errors/task-errors.ts'
import type { LoadedFunction } from '../../runtime/functions/loaded-function.ts'
import type { CallResult, RemoteCacheClient } from '../../runtime/remote-cache-client.ts'
import type { TaskHandle } from '../../runtime/scope/task-handle.ts'
import { currentScope } from '../../runtime/scope/task-scope.ts'
import type { TaskSteps } from '../../runtime/scope/task-steps.ts'
import { monotonicNow } from '../../util/time.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { type CachedCall, type FactReader, NOT_RUN, type StepRecord } from '../step-record.ts'
import type { Clip } from './clip.ts'
import type { Step } from './program.ts'

/** Thrown when a step failed: its name, its error, and the clip before it. */
export class FailedAt {
  readonly step: string
  readonly thrown: unknown
  readonly clip: Clip

  constructor(step: string, thrown: unknown, clip: Clip) {
    this.step = step
    this.thrown = thrown
    this.clip = clip
  }
}

/** Thrown when a step has run for longer than its timeout. */
export class OutOfTime {
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }
}

/** Thrown when the item was cancelled. */
export class Stopped {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

/** The facts that all items of a run share. */
export interface ItemPlan {
  readonly facts: FactReader
  /** The names of the steps, by their numbers. */
  readonly names: readonly string[]
  /** Made when it is first needed. */
  configHash?: Buffer
}

/** In a millisecond; finer digits are noise. */
const MICROSECONDS = 1_000

/** One item on its way through the steps. */
export class ItemRun {
  readonly input: unknown
  readonly config: unknown
  readonly record: StepRecord
  /** Hashes of fields that are objects: each is made once. */
  readonly hashes: Map<object, Buffer> = new Map()
  /** Classes whose instances may be in the clip. */
  readonly classes: ClassRegistry
  readonly #plan: ItemPlan
  readonly #task: TaskHandle
  readonly #steps: TaskSteps
  readonly #fn: LoadedFunction
  readonly #remoteCache: RemoteCacheClient
  /** When the step before ended: the next one begins then. One look at the clock for both. */
  #mark: number = performance.now()

  constructor(input: unknown, config: unknown, plan: ItemPlan) {
    this.#plan = plan
    this.input = input
    this.config = config
    this.record = { ms: new Array<number>(plan.names.length).fill(NOT_RUN) }
    const scope = currentScope()
    if (scope === undefined) throw new TypeError('the steps of a pipeline can only run inside a task')
    this.#task = scope.batch.task(scope.item)
    this.#fn = scope.batch.fn(scope.item)
    this.#remoteCache = scope.batch.remoteCache
    this.classes = this.#fn.classes
    this.#steps = scope.batch.steps(scope.item, scope.lane)
  }

  /** The names of the steps. */
  get names(): readonly string[] {
    return this.#plan.names
  }

  /** Begins a try of a step. Throws if the item was cancelled, except for steps that run at the end. */
  begin(step: Step, retried: number): void {
    const { timeout } = step.rules
    const until = timeout === undefined ? 0 : monotonicNow() + timeout
    const isWanted = this.#steps.begin(step.path, { number: step.number, retried, until })
    if (!isWanted && step.kind !== 'finally') throw new Stopped(this.#steps.stopped?.reason)
    if (retried > 0) (this.record.tries ??= {})[step.number] = retried + 1
  }

  /** Called when a step has ended, after all its tries. */
  ended(step: Step): void {
    const now = performance.now()
    this.record.ms[step.number] = Math.round((now - this.#mark) * MICROSECONDS) / MICROSECONDS
    this.#mark = now
  }

  /** Resolves to the result of a step that the host has stored; else computes it, for the host to store. */
  recall({ number }: Step, hashes: readonly (Buffer | undefined)[], compute: () => unknown): Promise<CallResult> {
    const args = hashes.map((hash) => hash?.toString('hex'))
    const files = filesBehind(hashes)
    const isCurrent = (): boolean => changedFile(files) === undefined
    return this.#remoteCache.call({ fn: this.#fn, step: number, args, isCurrent }, compute)
  }

  /** Called when a cached step has its result. */
  called(step: Step, call: CachedCall): void {
    ;(this.record.calls ??= {})[step.number] = call
  }

  /** The hash of the config, the same for all items. */
  configHash(): Buffer {
    return (this.#plan.configHash ??= argumentHash(this.config, this.classes))
  }

  /** Aborts the step's signal, since its time is over. */
  abort(reason: unknown): void {
    this.#steps.abort(reason)
  }

  onStop(callback: ((reason: unknown) => void) | undefined): void {
    this.#steps.onStop = callback
  }

  /** Returns the outcome so far, for the steps that run at the end. */
  outcome(clip: Clip, failure: FailedAt | undefined): object {
    const facts = { index: this.#task.index, input: this.input, clip, ...this.#plan.facts.read(this.record) }
    if (failure === undefined) return { ok: true, ...facts }
    const { step, thrown } = failure
    return { ok: false, step, error: this.errorOf(step, thrown), ...facts }
  }

  /** The error as the caller will see it. */
  errorOf(step: string, thrown: unknown): TaskError {
    if (thrown instanceof Stopped && thrown.reason instanceof TaskError) return thrown.reason
    const task = this.#task
    const failure = {
      task: {
        name: task.name,
        index: task.index,
        get key() {
          return task.key
        },
      },
      input: this.input,
      attempts: task.attempt,
      step,
      worker: task.worker,
    }
    if (thrown instanceof OutOfTime) return new TaskTimeoutError(failure, thrown.limit)
    const cause = thrown instanceof Stopped ? thrown.reason : thrown
    return new TaskError({ ...failure, cause, remoteStack: cause instanceof Error ? cause.stack : undefined })
  }
}
