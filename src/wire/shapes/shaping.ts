import { ShapeWriter } from './shape-writer.ts'
import type { ShapedValues } from './shaped-values.ts'

/** Fewer values are sent faster as they are: each message with shapes costs a microsecond more. */
const MIN_VALUES = 8
/** After failures in a row no more than two to the power of this many columns are passed over. */
const MAX_DOUBLINGS = 6
/** Writers that are kept for reuse, at most. */
const MAX_KEPT = 8

const free: ShapeWriter[] = []

/**
 * Decides which columns of a sender are written by shape: those that are long enough, judging by the one before. After
 * one that could not be written it passes over some, and over twice as many if the next cannot be written either.
 */
export class Shaping {
  #failures = 0
  #skip = 0
  /** The length of the last column. */
  #last = Infinity

  /** Returns a writer for a column of up to `most` values; undefined if they are to be sent as they are. */
  begin(most: number): ShapeWriter | undefined {
    if (Math.min(most, this.#last * 2) < MIN_VALUES) return undefined
    if (this.#skip > 0) {
      this.#skip--
      return undefined
    }
    return free.pop() ?? new ShapeWriter()
  }

  /** Called at the end of each column. */
  ended(length: number): void {
    this.#last = length
  }

  /** Ends the writing of a column. Returns all values of its writer, which is not to be used any more. */
  finish(writer: ShapeWriter): ShapedValues {
    this.#failures = 0
    return finish(writer)
  }

  /** The same for a column that has a value which cannot be written. */
  fail(writer: ShapeWriter): ShapedValues {
    this.#failures = Math.min(this.#failures + 1, MAX_DOUBLINGS)
    this.#skip = 2 ** this.#failures
    return finish(writer)
  }
}

function finish(writer: ShapeWriter): ShapedValues {
  const values = writer.finish()
  if (free.length < MAX_KEPT) free.push(writer)
  return values
}
