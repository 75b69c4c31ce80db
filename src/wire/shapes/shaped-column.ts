import type { Column } from '../protocol/frames.ts'
import { readShaped } from './shape-reader.ts'
import type { ShapedValues } from './shaped-values.ts'

/** A column whose values are written by shape. */
export class ShapedColumn implements Column {
  readonly shaped: ShapedValues
  #values: readonly unknown[] | undefined

  constructor(shaped: ShapedValues) {
    this.shaped = shaped
  }

  /** The values, read once. */
  get values(): readonly unknown[] {
    return (this.#values ??= readShaped(this.shaped))
  }
}
