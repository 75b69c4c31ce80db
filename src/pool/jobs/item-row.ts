import { rowKeys, rowKeyText } from '../../rows/keys/row-keys.ts'
import { rowParser } from '../../rows/parse/row-parser.ts'
import type { RowContent } from '../../rows/row-block.ts'
import type { RowFormat } from '../../rows/row-format.ts'
import { UnreadableRow } from '../../rows/unreadable-row.ts'
import type { RowColumn, RowContents } from '../../wire/protocol/row-columns.ts'

/** The row of a data file that an item stands for. It is sent as bytes, and parsed by the worker. */
export interface ItemRow {
  readonly bytes: Buffer
  readonly format: RowFormat
  /** The secret of the job log's keys, if there is a job log. */
  readonly secret: Uint8Array | undefined
  /** Reads the row, if its bytes stay in its file. */
  readonly content?: StoredContent | undefined
  /** Its place for messages: `rows.jsonl:17`. */
  readonly position: string
}

/** The bytes of a row that stays in its file: told by a worker, or read when they are needed. */
export class StoredContent {
  readonly #read: () => RowContent
  #known: RowContent | undefined

  constructor(read: () => RowContent) {
    this.#read = read
  }

  note(content: RowContent): void {
    this.#known = content
  }

  get(): RowContent {
    return (this.#known ??= this.#read())
  }
}

/** Calls `note` with each row that a worker told of. */
export function eachContent(
  { offsets, rows, bounds, format }: RowContents,
  note: (offset: number, content: RowContent) => void,
): void {
  for (const [i, offset] of offsets.entries())
    note(offset, { bytes: Buffer.from(rows.subarray(bounds[2 * i], bounds[2 * i + 1])), format })
}

/** Returns a row as its function gets it; one that cannot be read as its text. */
export function inputOf(row: ItemRow): unknown {
  const { bytes, format } = row.content?.get() ?? row
  try {
    return rowParser(format, bytes)(0, bytes.length)
  } catch (error) {
    if (UnreadableRow.is(error)) return bytes.toString()
    throw error
  }
}

/** Puts rows of one format together, to be sent. */
export function columnOf(rows: readonly ItemRow[]): RowColumn {
  const { format, secret } = rows[0] as ItemRow
  const bytes = new Uint8Array(rows.reduce((sum, row) => sum + row.bytes.length, 0))
  const bounds = new Uint32Array(2 * rows.length)
  let end = 0
  for (const [i, row] of rows.entries()) {
    bytes.set(row.bytes, end)
    bounds[2 * i] = end
    bounds[2 * i + 1] = end += row.bytes.length
  }
  return { rows: bytes, bounds, format, ...(secret && { secret }) }
}

/** The key by which a job log knows a row; undefined if there is no job log. */
export function keyOfRow({ bytes, secret, format }: ItemRow): string | undefined {
  return secret && rowKeyText(rowKeys(bytes, Uint32Array.of(0, bytes.length), secret, format), 0)
}
