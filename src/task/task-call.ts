import { processWide } from '../util/own-package.ts'
import type { SourcePosition } from './capture/inspect/source-map.ts'

/** Finds the original source of a running position; undefined if they are the same. Positions count from 0. */
export type Locate = (file: string, line: number, column: number) => SourcePosition | undefined

/** A task that is being called, as seen by an {@link AroundCall}. */
export interface CalledTask {
  readonly name: string
  readonly index: number
  readonly attempt: number
  /** Returns a new copy of the input. */
  readonly input: () => unknown
  readonly locate: Locate
  /** Maps a stack to the user's own lines. */
  readonly mapStack: (stack: string) => string
}

/**
 * Wraps each call of a task in the host's own thread. Its return value is the task's outcome. It may use `call` any
 * number of times; each call gets a copy of the input.
 */
export type AroundCall = (call: () => unknown, task: CalledTask) => unknown

/** Thrown by a task that is made of steps: the failed step, what it threw, and a report on the steps before. */
export interface TaskStepFailure {
  readonly step: string
  readonly thrown: unknown
  /** The limit that the step exceeded, in milliseconds, if that is its failure. */
  readonly timeout?: number | undefined
  /** A report for the code that put the steps together. */
  readonly state: unknown
}

/** Recognised by identity: reading properties of a thrown value could run the task's code. */
const failures = processWide('step-failures', () => new WeakSet<object>())

export function stepFailure(failure: TaskStepFailure): TaskStepFailure {
  failures.add(failure)
  return failure
}

export function isStepFailure(thrown: unknown): thrown is TaskStepFailure {
  return typeof thrown === 'object' && thrown !== null && failures.has(thrown)
}

/** Returns what a step, or a task as a whole, threw; and the step's name. */
export function causeOfFailure(thrown: unknown): { readonly thrown: unknown; readonly step?: string } {
  return isStepFailure(thrown) ? thrown : { thrown }
}
