import type { AnyFunction } from '../../task/task-function.ts'

/** What is done with what a step's function returns: it is the next value, says whether to go on, or has several. */
export type StepKind = 'apply' | 'filter' | 'flatMap' | 'key'

/** One node of a chain, as workers get it. */
export interface ChainStep {
  readonly kind: StepKind
  readonly name: string
  readonly fn: AnyFunction
  /** The constants among its arguments, by position; undefined where there are none. */
  readonly constants: readonly (readonly [position: number, value: unknown])[] | undefined
  /** Who needs its value; undefined where nobody does, so that it may be nothing. */
  readonly consumer: string | undefined
}
