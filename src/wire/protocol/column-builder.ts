import type { Encoder } from '../codec/encoder.ts'
import type { Special } from '../codec/special.ts'
import { readShaped } from '../shapes/shape-reader.ts'
import type { ShapeWriter } from '../shapes/shape-writer.ts'
import { ShapedColumn } from '../shapes/shaped-column.ts'
import type { ShapedValues } from '../shapes/shaped-values.ts'
import type { Shaping } from '../shapes/shaping.ts'
import { packColumn } from './compact-frames.ts'
import type { Column } from './frames.ts'

interface ColumnWriting {
  readonly writer: ShapeWriter
  readonly shaping: Shaping
}

/**
 * Puts a column together. If it begins with an object its values are written by shape, until one comes that cannot be:
 * then all are kept as they are.
 */
export class ColumnBuilder {
  /** The values; empty while all are written by shape. */
  #values: unknown[] = []
  #writing: ColumnWriting | undefined
  #shaped: ShapedValues | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  /**
   * Adds a value by shape, which copies it. Returns about how many bytes it takes; -1 if it has to be encoded and pushed.
   * `most`: the most values that the column will have.
   */
  addShaped(value: unknown, encoder: Encoder, most: number): number {
    const writer = (this.#writing ??= this.#begin(value, encoder, most))?.writer
    if (writer === undefined) return -1
    const bytes = writer.add(value, encoder.maxBytes)
    if (bytes < 0) this.#giveUp()
    else this.#length++
    return bytes
  }

  /** Adds a value that is its own copy. */
  push(value: unknown): void {
    if (this.#writing !== undefined && this.#writing.writer.add(value, Infinity) < 0) this.#giveUp()
    if (this.#writing === undefined) this.#values.push(value)
    this.#length++
  }

  /** Called when all values were added. */
  seal(): void {
    if (this.#writing === undefined) return
    this.#shaped = this.#writing.shaping.end(this.#writing.writer)
    this.#writing = undefined
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

  #begin(value: unknown, { shaping }: Encoder, most: number): ColumnWriting | undefined {
    if (this.#length > 0 || typeof value !== 'object' || value === null) return undefined
    const writer = shaping.begin(most)
    return writer && { writer, shaping }
  }

  #giveUp(): void {
    if (this.#writing === undefined) return
    this.#values = readShaped(this.#writing.shaping.fail(this.#writing.writer))
    this.#writing = undefined
  }
}
