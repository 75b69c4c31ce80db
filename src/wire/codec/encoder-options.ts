import type { ClassRegistry } from './class-registry.ts'
import type { Copier } from './lender.ts'

/** How values are to be encoded. */
export interface EncoderOptions {
  /** Classes whose instances may travel. */
  readonly classes?: ClassRegistry | undefined
  /** Shared memory reaches the other side: it is passed, not copied. */
  readonly sharedMemory?: boolean
  /** The most that can be sent in one piece, in bytes. */
  readonly maxBytes?: number | undefined
  /** Large copies lie in memory that is used again; whoever encodes gives it back. */
  readonly lends?: boolean
  /** Makes the copies instead. */
  readonly copier?: Copier | undefined
  /** Typed arrays from this size on, in bytes, are put into shared memory. */
  readonly shareFrom?: number | undefined
  /** Replaces what cannot travel by a text that says so, instead of failing: for errors. */
  readonly lenient?: boolean
  /** Rewrites the stacks of errors. */
  readonly mapStack?: ((stack: string) => string) | undefined
  /** Gives functions inside values a number; without it they cannot travel. Accessors of literals then travel too. */
  readonly functions?: ((fn: (...args: never[]) => unknown) => number) | undefined
}
