import type { TaskError } from '../errors/task-errors.ts'

/** A type written out, for reading. */
export type Flat<T> = { [K in keyof T]: T[K] } & {}

/** Types of inputs that are not a record of fields: they become `clip.input`. */
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

/** The inputs that `run` takes for an input type: if the clip begins with `input` alone, also its bare value. */
export type RunInput<In> = In | (keyof In extends 'input' ? In[keyof In] : never)

/** A step that can fail, and the clip as it was before it. */
export interface FailurePoint<Step extends string, Clip> {
  readonly step: Step
  readonly clip: Clip
}

/** The facts that every outcome has, whether it succeeded or failed. */
export interface OutcomeFacts<In, Steps extends string> {
  /** The input's position, from 0. */
  readonly index: number
  /** The input as the caller gave it. */
  readonly input: In
  /** Milliseconds that each step took which ran, all tries together. */
  readonly timings: Readonly<Partial<Record<Steps, number>>>
  /** Steps whose results came from the cache. */
  readonly cached: readonly Steps[]
  /** The number of times that each step was started. */
  readonly attempts: Readonly<Partial<Record<Steps, number>>>
}

/** The outcome of an input whose steps all succeeded. */
export interface Success<In, Clip, Steps extends string> extends OutcomeFacts<In, Steps> {
  readonly ok: true
  /** The input's fields and the results of the steps. */
  readonly clip: Clip
  readonly step?: undefined
  readonly error?: undefined
}

/** The outcome of an input with a failed step. */
export interface Failure<In, Clip, Step extends Steps, Steps extends string> extends OutcomeFacts<In, Steps> {
  readonly ok: false
  /** The step that failed, or was running when its worker died or the run was stopped. */
  readonly step: Step
  readonly error: TaskError
  /**
   * The clip before the step. Only the input's fields if the worker was lost with the rest: after a
   * `WorkerCrashedError`, a `TaskAbortedError`, or the `TaskTimeoutError` of a step that did not give its thread back.
   */
  readonly clip: Clip
}

type FailureAt<In, Point, Steps extends string> =
  Point extends FailurePoint<infer Step, infer Clip> ? Failure<In, Flat<Clip>, Step & Steps, Steps> : never

/** The outcome that `finally` is called with. Steps after it are not known to the types. */
export type Ending<In> = Success<In, object, string> | Failure<In, object, string, string>

/** The outcome of one input. `ok` tells success from failure; after a failure `step` tells which fields `clip` has. */
export type Outcome<In, Clip, Points, Steps extends string> =
  | Success<In, Flat<Clip>, Steps>
  | FailureAt<In, Points, Steps>
