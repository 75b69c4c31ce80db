import type { BufferLease } from '../../wire/codec/buffer-pool.ts'
import type { Column } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from './item.ts'

/**
 * Inputs that travel together. Most of them never need an object of their own: an input costs a place in an array, and
 * becomes an {@link Item} only where something happens to it alone — it fails, or has to run again.
 */
export interface Chunk {
  readonly length: number
  /** The inputs are lists of arguments. */
  readonly spread: boolean
  /** The priority of the first input: no other has a higher one. */
  readonly priority: number
  /** The functions that are called. */
  functions(): Iterable<PreparedFunction>
  /** Per input, where not all call the same. */
  fn(at: number): PreparedFunction
  /** The position of the input in its run. */
  index(at: number): number
  /** Position among the outcomes. Skipped inputs have none. */
  sequence(at: number): number
  /** The input as the caller gave it. */
  input(at: number): unknown
  /** About how many bytes its value takes. */
  bytes(at: number): number
  /** What its sink knows it by. */
  tag(at: number): unknown
  /** The item of one input; always the same. */
  item(at: number): Item
  /** The values as they are sent. */
  column(): Column
  /** The position of the first input where they are in a row, or of each. */
  indexes(): number | readonly number[]
  /** Which attempt each is, where not all are the first. */
  attempts(): readonly number[] | undefined
  /** Which attempt one is, from 1. */
  attempt(at: number): number
  /** Inputs that do not run again if they fail: all, or those at these offsets; undefined if all may run again. */
  lastTries(): true | readonly number[] | undefined
  /** Memory that the value of an input lies in. */
  lease(at: number): BufferLease | undefined
  /** Buffers to hand over with them. */
  transfer(): readonly unknown[] | undefined
}
