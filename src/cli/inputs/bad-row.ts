import { rowParser } from '../../rows/parse/row-parser.ts'
import { type RowBlock, rowCount } from '../../rows/row-block.ts'
import { UnreadableRow } from '../../rows/unreadable-row.ts'

/** A row among the inputs that could not be read. It fails, and the others go on. */
export class BadRow extends Error {
  override readonly name = 'bad row'
  /** `rows.csv:17` */
  readonly position: string

  constructor(position: string, message: string) {
    super(message)
    this.position = position
  }
}

/** Parses the rows of a block; a `BadRow` in place of one that cannot be read. */
export function valuesOf(block: RowBlock): unknown[] {
  const { format, bytes, bounds, name } = block
  const parse = rowParser(format, bytes)
  return Array.from({ length: rowCount(block) }, (_, row) => {
    try {
      return parse(bounds[2 * row] as number, bounds[2 * row + 1] as number)
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error
      return new BadRow(`${name}:${block.lineOf(row)}`, error.message)
    }
  })
}
