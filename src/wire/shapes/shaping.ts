import { ShapeWriter } from './shape-writer.ts'
import type { ShapedValues } from './shaped-values.ts'

/** Fewer values are sent faster as they are: each message with shapes costs some microseconds. */
const MIN_VALUES = 8
/** After failures in a row no more than two to the power of this many columns are passed over. */
const MAX_DOUBLINGS = 6
/** Writers that are kept for reuse, at most. */
const MAX_KEPT = 8

const free: ShapeWriter[] = []

/**
 * Decides which columns of a sender are written by shape. After one that could not be, it passes over some, and over
 * twice as many if the next cannot be either.
 */
export class Shaping {
  #failures = 0
  #skip = 0

  /** Returns a writer for a column of up to `count` values; undefined if they are to be sent as they are. */
  begin(count: number): ShapeWriter | undefined {
    if (count < MIN_VALUES) return undefined
    if (this.#skip > 0) {
      this.#skip--
      return undefined
    }
    return free.pop() ?? new ShapeWriter()
  }

  /** Ends a column. Returns all values of its writer, which is not to be used any more. */
  end(writer: ShapeWriter): ShapedValues {
    this.#failures = 0
    return finish(writer)
  }

  /** Ends a column that has a value which cannot be written. */
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
