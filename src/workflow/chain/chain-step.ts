import type { Identity } from '../../cache/identify.ts'
import type { StoreLocation } from '../../cache/store/open-store.ts'
import type { ValueCodec } from '../../cache/store/value-codec.ts'
import type { RegisteredClass } from '../../task/register-class.ts'
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
  /** Where its results are kept; absent where they are not. */
  readonly cache?: StepCache | undefined
}

/** How the results of a step are kept. */
export interface StepCache {
  readonly location: StoreLocation
  readonly identity: Identity
  /** Positions of arguments that do not count. */
  readonly ignore: readonly number[] | undefined
  /** What to hash instead of the arguments. */
  readonly key: AnyFunction | undefined
  readonly ttl: number | undefined
  readonly codec: ValueCodec | undefined
}

/** What a chain is made of. */
export interface ChainParts {
  readonly steps: readonly ChainStep[]
  /** Its results are lists, or the number of the step that let an item go no further. */
  readonly isMany: boolean
  /** Classes whose instances may be hashed and stored. */
  readonly classes: readonly RegisteredClass[]
}
