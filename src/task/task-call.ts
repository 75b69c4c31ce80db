import { processWide } from '../util/own-package.ts'
import type { SourcePosition } from './capture/inspect/source-map.ts'

/** Finds what a user wrote from where the engine runs it; undefined where that is the same. All from 0. */
export type Locate = (file: string, line: number, column: number) => SourcePosition | undefined

/** A task that is being called, as whoever stands around the call sees it. */
export interface CalledTask {
  readonly name: string
  readonly index: number
  readonly attempt: number
  /** A copy of its own of the input. */
  readonly input: () => unknown
  readonly locate: Locate
  /** Puts the user's own lines into a stack. */
  readonly mapStack: (stack: string) => string
}

/**
 * Stands around each call of a task in the host's own thread: what it returns is the task's outcome. `call` may be called
 * any number of times; each call gets a copy of the input.
 */
export type AroundCall = (call: () => unknown, task: CalledTask) => unknown

/** What a task that is made of steps throws: which step failed, of what, and what there is to tell of those before. */
export interface TaskStepFailure {
  readonly step: string
  readonly thrown: unknown
  /** The limit in milliseconds that the step ran over, where that is its failure. */
  readonly timeout?: number | undefined
  /** For whoever put the steps together. */
  readonly state: unknown
}

/** Known by who made them: a look at what a task threw could run its code. */
const failures = processWide('step-failures', () => new WeakSet<object>())

export function stepFailure(failure: TaskStepFailure): TaskStepFailure {
  failures.add(failure)
  return failure
}

export function isStepFailure(thrown: unknown): thrown is TaskStepFailure {
  return typeof thrown === 'object' && thrown !== null && failures.has(thrown)
}

/** What went wrong, whether in a step or in a task as a whole; and the step's name. */
export function causeOfFailure(thrown: unknown): { readonly thrown: unknown; readonly step?: string } {
  return isStepFailure(thrown) ? thrown : { thrown }
}
