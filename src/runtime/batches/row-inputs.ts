import { rowKeys } from '../../rows/keys/row-keys.ts'
import { type ParseRow, rowParser } from '../../rows/parse/row-parser.ts'
import type { RowColumn } from '../../wire/protocol/frames.ts'

/** The inputs of a batch as rows: each is parsed when its turn comes. */
export class RowInputs {
  readonly length: number
  readonly #column: RowColumn
  readonly #parse: ParseRow
  #keys: Uint8Array | undefined

  constructor(column: RowColumn) {
    this.length = column.bounds.length / 2
    this.#column = column
    const { rows, format } = column
    this.#parse = rowParser(format, Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
  }

  /** @throws {UnreadableRow} if the row cannot be parsed. */
  value(item: number): unknown {
    const { bounds } = this.#column
    return this.#parse(bounds[2 * item] as number, bounds[2 * item + 1] as number)
  }

  /** The keys of all rows; undefined if they were not asked for. */
  get keys(): Uint8Array | undefined {
    const { rows, bounds, secret, format } = this.#column
    if (secret === undefined) return undefined
    return (this.#keys ??= rowKeys(rows, bounds, secret, format))
  }
}
