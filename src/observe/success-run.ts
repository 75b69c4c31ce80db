import type { ItemFacts } from './attempt-columns.ts'
import type { WorkerRef } from './observer.ts'

/**
 * Consecutive inputs, by position in their run, that succeeded in one worker. They are told together, because telling
 * each would cost more than most of them took. One that was slow, or not at its first attempt, is a run of its own.
 */
export interface SuccessRun {
  readonly items: ItemFacts
  /** The offset of the first in `items`. */
  readonly offset: number
  readonly count: number
  readonly attempt: number
  readonly worker: WorkerRef
  /** The start of the first, in milliseconds since 1970; NaN if it is not known. */
  readonly start: number
  /** Milliseconds that they took together; NaN if that is not known. */
  readonly ms: number
  /** 16 bytes for each input, made in the worker. Undefined: the observer has to make them. */
  readonly keys: Uint8Array | undefined
  /** The kind of the keys: of the bytes of a row, or of the content of a value. */
  readonly of: 'row' | 'value'
}
