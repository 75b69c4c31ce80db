import type { RetryPolicy } from '../../task/failure-policy.ts'
import type { Stateful } from '../../task/stateful.ts'

export type Callable = (...args: unknown[]) => unknown

/** The three functions of a reduction. */
export interface ReduceParts {
  readonly initial: Callable
  readonly add: Callable
  readonly combine: Callable
}

/** A stateful class that brings the three functions, and its arguments. */
export interface StatefulParts {
  readonly StatefulClass: Stateful['StatefulClass']
  readonly construct: readonly unknown[]
}

/** An export that brings the three functions, of a module that only workers load. */
export interface ExportedParts {
  readonly exported: unknown
}

/** What a worker makes the calls of a reduction of. */
export interface ReducerData {
  readonly parts: ReduceParts | StatefulParts | ExportedParts
  /** Constants at the end of each call. */
  readonly args: readonly unknown[]
  /** An input is the list of arguments. */
  readonly spread: boolean
  /** Inputs that fail for good are left out. */
  readonly leavesOut: boolean
  /** Milliseconds for one input. */
  readonly timeout: number | undefined
  readonly retries: RetryPolicy
  /** Accumulators and inputs are copied. */
  readonly copies: boolean
}
