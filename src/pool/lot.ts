import type { Loans } from '../wire/codec/copy-memory.ts'
import type { Column } from '../wire/frames.ts'
import type { Entry } from './entry.ts'
import type { FunctionUse } from './function-use.ts'

/**
 * Inputs that travel together. Most of them never need an object of their own: an input costs a place in an array, and
 * becomes an {@link Entry} only where something happens to it alone — it fails, or has to run again.
 */
export interface Lot {
  readonly length: number
  /** The inputs are lists of arguments. */
  readonly spread: boolean
  /** The priority of the first input: no other has a higher one. */
  readonly priority: number
  /** The functions that are called. */
  functions(): Iterable<FunctionUse>
  /** Per input, where not all call the same. */
  fn(at: number): FunctionUse
  /** The position of the input in its run. */
  index(at: number): number
  /** Its place among the outcomes: inputs that were skipped have none. */
  place(at: number): number
  /** The input as the caller gave it. */
  input(at: number): unknown
  /** About how many bytes its value takes. */
  bytes(at: number): number
  /** What its sink knows it by. */
  ticket(at: number): unknown
  /** The entry of one input; always the same. */
  entry(at: number): Entry
  /** The values as they are sent. */
  column(): Column
  /** The position of the first input where they are in a row, or of each. */
  indexes(): number | readonly number[]
  /** Which attempt each is, where not all are the first. */
  attempts(): readonly number[] | undefined
  /** Memory that the value of an input lies in. */
  loans(at: number): Loans | undefined
  /** Buffers to hand over with them. */
  transfer(): readonly unknown[] | undefined
}
