import { processWide } from '../util/process-wide.ts'

/** What a task that is made of steps throws: which step failed, of what, and what there is to tell of those before. */
export interface StepFailure {
  readonly step: string
  readonly thrown: unknown
  /** The limit in milliseconds that the step ran over, where that is its failure. */
  readonly timeout?: number | undefined
  /** For whoever put the steps together. */
  readonly state: unknown
}

/** Known by who made them: a look at what a task threw could run its code. */
const failures = processWide('step-failures', () => new WeakSet<object>())

export function stepFailure(failure: StepFailure): StepFailure {
  failures.add(failure)
  return failure
}

export function isStepFailure(thrown: unknown): thrown is StepFailure {
  return typeof thrown === 'object' && thrown !== null && failures.has(thrown)
}

/** What went wrong, whether in a step or in a task as a whole; and the step's name. */
export function causeOfFailure(thrown: unknown): { readonly thrown: unknown; readonly step?: string } {
  return isStepFailure(thrown) ? thrown : { thrown }
}
