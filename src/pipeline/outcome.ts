import type { TaskError } from '../errors/task-errors.ts'

/** A type written out, for reading. */
export type Flat<T> = { [K in keyof T]: T[K] } & {}

/** What is no record of fields as a whole: it arrives as `clip.input`. */
type Whole =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | readonly unknown[]
  | Date
  | RegExp
  | URL
  | Error
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView

/** The clip that an input begins with: its fields, or itself under the name `input`. */
export type FirstClip<In> = unknown extends In ? { input: In } : In extends Whole ? { input: In } : In

/** What `run` takes for inputs of a type: where the clip begins with `input` alone, also the bare value of that. */
export type RunInput<In> = In | (keyof In extends 'input' ? In[keyof In] : never)

/** A step that can fail, and the clip as it was before it. */
export interface FailurePoint<Step extends string, Clip> {
  readonly step: Step
  readonly clip: Clip
}

/** What an outcome tells of its way, whichever way it went. */
export interface OutcomeFacts<In, Steps extends string> {
  /** The input's position, from 0. */
  readonly index: number
  /** The input as the caller gave it. */
  readonly input: In
  /** Milliseconds that each step took which ran, all tries together. */
  readonly timings: Readonly<Partial<Record<Steps, number>>>
  /** Steps whose results came from the cache. */
  readonly cached: readonly Steps[]
  /** How often each step was started. */
  readonly attempts: Readonly<Partial<Record<Steps, number>>>
}

/** All steps went well. */
export interface Success<In, Clip, Steps extends string> extends OutcomeFacts<In, Steps> {
  readonly ok: true
  /** The input's fields and what the steps made. */
  readonly clip: Clip
  readonly step?: undefined
  readonly error?: undefined
}

/** A step failed. */
export interface Failure<In, Clip, Step extends Steps, Steps extends string> extends OutcomeFacts<In, Steps> {
  readonly ok: false
  /** The step that failed, or was running when its worker died or the run was stopped. */
  readonly step: Step
  readonly error: TaskError
  /**
   * What was there before the step. Only the input's fields where the worker was lost with the rest: after a
   * `WorkerCrashedError`, a `TaskAbortedError`, or the `TaskTimeoutError` of a step that did not give its thread back.
   */
  readonly clip: Clip
}

type FailureAt<In, Point, Steps extends string> =
  Point extends FailurePoint<infer Step, infer Clip> ? Failure<In, Flat<Clip>, Step & Steps, Steps> : never

/** What `finally` is told: the steps after it are not known where it is written. */
export type Ending<In> = Success<In, object, string> | Failure<In, object, string, string>

/** What became of one input: `ok` tells, and after a failure `step` tells what `clip` has. */
export type Outcome<In, Clip, Points, Steps extends string> =
  | Success<In, Flat<Clip>, Steps>
  | FailureAt<In, Points, Steps>
