import type { Encoder } from '../codec/encoder.ts'
import type { Special } from '../codec/special.ts'
import { readShaped } from '../shapes/shape-reader.ts'
import type { ShapeWriter } from '../shapes/shape-writer.ts'
import { ShapedColumn } from '../shapes/shaped-column.ts'
import type { ShapedValues } from '../shapes/shaped-values.ts'
import type { Shaping } from '../shapes/shaping.ts'
import { packColumn } from './compact-frames.ts'
import type { Column } from './frames.ts'

/**
 * Puts a column together. If it begins with an object its values are written by shape, until one comes that cannot be:
 * then all are kept as they are.
 */
export class ColumnBuilder {
  /** The values; empty while all are written by shape. */
  #values: unknown[] = []
  #shaping: Shaping | undefined
  /** Writes the values, as long as all can be written by shape. */
  #writer: ShapeWriter | undefined
  #shaped: ShapedValues | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  /**
   * Adds a value by shape, which copies it. Returns about how many bytes it takes; -1 if it has to be encoded and pushed.
   * `most`: the most values that the column will have.
   */
  addShaped(value: unknown, { shaping, maxBytes }: Encoder, most: number): number {
    if (this.#length === 0 && typeof value === 'object' && value !== null) {
      this.#shaping = shaping
      this.#writer = shaping.begin(most)
    }
    if (this.#writer === undefined) return -1
    const bytes = this.#writer.add(value, maxBytes)
    if (bytes < 0) this.#giveUp()
    else this.#length++
    return bytes
  }

  /** Adds a value that is its own copy. */
  push(value: unknown): void {
    this.#length++
    if (this.#writer !== undefined) {
      if (this.#writer.add(value, Infinity) >= 0) return
      this.#giveUp()
    }
    this.#values.push(value)
  }

  /** Called when all values were added. */
  seal(): void {
    this.#shaping?.ended(this.#length)
    if (this.#writer !== undefined) this.#shaped = this.#shaping?.finish(this.#writer)
    this.#writer = undefined
  }

  /** Returns a value of a sealed column as it is sent. */
  value(position: number): unknown {
    if (this.#shaped !== undefined && this.#values.length === 0) this.#values = readShaped(this.#shaped)
    return this.#values[position]
  }

  /** Returns the sealed column. */
  column(specials: readonly (readonly [position: number, specials: readonly Special[]])[] | undefined): Column {
    return this.#shaped === undefined ? packColumn(this.#values, specials) : new ShapedColumn(this.#shaped)
  }

  #giveUp(): void {
    if (this.#writer !== undefined && this.#shaping !== undefined)
      this.#values = readShaped(this.#shaping.fail(this.#writer))
    this.#writer = undefined
  }
}
