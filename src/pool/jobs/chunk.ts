import type { TaskPolicy } from '../../task/failure-policy.ts'
import type { CallerContext } from '../../util/caller-context.ts'
import type { Column } from '../../wire/protocol/frames.ts'
import type { RowColumn, RowContents } from '../../wire/protocol/row-columns.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Item } from './item.ts'

/**
 * Inputs that are sent together. Most of them never need an object of their own: an input costs an array element, and
 * becomes an {@link Item} only if something happens to it alone, such as a failure or a second run.
 */
export interface Chunk {
  readonly length: number
  /** The inputs are rows of data files. */
  readonly isRows?: boolean
  /** The inputs are lists of arguments. */
  readonly spread: boolean
  /** The priority of the first input: no other has a higher one. */
  readonly priority: number
  /** The functions that are called. */
  functions(): Iterable<PreparedFunction>
  /** The function that one input calls. */
  fn(offset: number): PreparedFunction
  /** The handling of one input that fails or hangs. */
  policy(offset: number): TaskPolicy
  /** The position of the input in its run. */
  index(offset: number): number
  /** Position among the outcomes. Skipped inputs have none. */
  sequence(offset: number): number
  /** The input, as the caller gave it. */
  input(offset: number): unknown
  /** The key by which a job log knows the input, if that is not its content key. */
  key?(offset: number): string | undefined
  /** About how many bytes its value takes. */
  bytes(offset: number): number
  /** An opaque handle by which the sink finds the input. */
  tag(offset: number): unknown
  /** The context of an input that has its own: a single call. */
  context?(offset: number): CallerContext | undefined
  /** The item of one input; always the same. */
  item(offset: number): Item
  /** The encoded values, as they are sent. */
  column(): Column | RowColumn
  /** Called with rows that a worker told of, before their outcomes. */
  noteContents?(contents: RowContents): void
  /** Called if a worker could not read the rows in their file. They run again, and others are sent. */
  noteUnread?(): void
  /** The position of the first input if they are consecutive, else that of each. */
  indexes(): number | readonly number[]
  /** The number of each input's attempt, from 1; undefined if all are the first. */
  attempts(): readonly number[] | undefined
  /** The number of one input's attempt, from 1. */
  attempt(offset: number): number
  /** Inputs that do not run again if they fail: all, or those at these offsets; undefined if all may run again. */
  lastTries(): true | readonly number[] | undefined
  /** Gives back the memory that inputs from an offset on lie in: they have their outcomes. */
  release(offset: number, count: number): void
  /** Buffers to hand over with them. */
  transfer(): readonly unknown[] | undefined
}
