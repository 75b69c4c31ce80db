import type { TaskError } from '../errors/task-errors.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { RunContext } from '../run/plan.ts'
import type { RetryPolicy } from '../task/failure-policy.ts'
import type { ClassRegistry } from '../wire/codec/class-registry.ts'
import type { Stretch } from './inputs/stretch.ts'
import type { Segments } from './segments.ts'
import type { StretchSizer } from './stretch-sizer.ts'
import type { AddResult } from './worker/messages.ts'

/** The treatment of inputs that fail. */
export type FailureMode = 'throw' | 'collect' | 'return'

export interface ReductionOptions {
  readonly run: RunContext
  readonly fn: PreparedFunction
  readonly classes: ClassRegistry | undefined
  readonly sizer: StretchSizer
  /** Most calls at once that add inputs while their sizes still grow. */
  readonly mostAtFirst: number
  /** The inputs of an array without a grain; undefined if inputs are added in the order in which they are read. */
  readonly segments: Segments | undefined
  readonly mode: FailureMode
  /** The value is handed on with the failures. */
  readonly isSettled: boolean
  readonly priority: number
  readonly timeout: number | undefined
  readonly retries: RetryPolicy
  /** Deaths of workers that an input survives. */
  readonly workerDeaths: number
  readonly listener: ReductionListener | undefined
}

/** Is told how a reduction goes on. */
export interface ReductionListener {
  /** Called with the error of an input that is left out for good. */
  failed(error: TaskError): void
  /** Called when the inputs of a call are added, or have failed. `done`: the inputs that are added so far. */
  added(stretch: Stretch, result: AddResult, done: number): void
}
