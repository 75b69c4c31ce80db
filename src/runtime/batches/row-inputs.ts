import { readSlice } from '../../files/tables/read-slice.ts'
import type { TableSlice } from '../../files/tables/table-slice.ts'
import { rowKeys } from '../../rows/keys/row-keys.ts'
import { type ParseRow, rowParser } from '../../rows/parse/row-parser.ts'
import { UnreadableRow } from '../../rows/unreadable-row.ts'
import { messageOf } from '../../util/message-of.ts'
import type { RowColumn, RowContents } from '../../wire/protocol/row-columns.ts'
import { RangeReader } from './range-reader.ts'

const ranges = new RangeReader()

/** The inputs of a batch as rows: each is parsed when its turn comes. */
export class RowInputs {
  readonly length: number
  /** Settles when the rows have been read from their file; undefined if they came with the batch. */
  readonly reading: Promise<void> | undefined
  /** True if the rows could not be read in their file, where the host has found them: it has to send them. */
  readonly isUnread: boolean
  /** Returns rows as bytes; undefined if they came so. */
  contentsOf: ((offsets: readonly number[]) => RowContents) | undefined
  readonly #column: RowColumn
  #bytes: Buffer
  #parse: ParseRow | undefined
  #keys: Uint8Array | undefined

  constructor(column: RowColumn) {
    this.length = column.bounds.length / 2
    this.#column = column
    const { rows, format, range } = column
    const read = range && ranges.read(range)
    this.isUnread = range !== undefined && read === undefined
    this.#bytes = read ?? Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)
    if (this.isUnread) return
    if (format.kind !== 'parquet') this.#parse = rowParser(format, this.#bytes)
    else
      this.reading = readSlice(format).then(
        (slice) => this.#haveSlice(slice, format.firstInGroup),
        (error: unknown) => this.#haveNone(messageOf(error)),
      )
  }

  /** True if the rows can be had now. */
  get areRead(): boolean {
    return this.#parse !== undefined
  }

  /** @throws {UnreadableRow} if the row cannot be parsed. */
  value(item: number): unknown {
    const { bounds } = this.#column
    return (this.#parse as ParseRow)(bounds[2 * item] as number, bounds[2 * item + 1] as number)
  }

  /** The keys of all rows; undefined if they were not asked for. */
  get keys(): Uint8Array | undefined {
    const { bounds, secret, format } = this.#column
    if (secret === undefined || this.isUnread) return undefined
    return (this.#keys ??= rowKeys(this.#bytes, bounds, secret, format))
  }

  /** Gives back the memory of rows that were read in a file: all have their outcomes. */
  release(): void {
    const { range, format } = this.#column
    if (range === undefined || this.isUnread) return
    ranges.giveBack(this.#bytes)
    this.#bytes = Buffer.alloc(0)
    // Only what outlives its task asks for an input now.
    this.#parse = (start, end) => {
      const bytes = ranges.read(range)
      if (bytes === undefined) throw new UnreadableRow('its file was changed')
      this.#bytes = bytes
      this.#parse = rowParser(format, bytes)
      return this.#parse(start, end)
    }
  }

  #haveSlice(slice: TableSlice, firstInGroup: number): void {
    this.contentsOf = (offsets) => {
      const { bytes, bounds } = slice.bytesOf(offsets.map((item) => this.#numberOf(item) - firstInGroup))
      return { offsets, rows: bytes, bounds, format: slice.format }
    }
    this.#parse = (start) => slice.value(this.#bytes.readUInt32LE(start) - firstInGroup)
  }

  #haveNone(reason: string): void {
    this.#parse = () => {
      throw new UnreadableRow(reason)
    }
  }

  /** The number of a row in its row group. */
  #numberOf(item: number): number {
    return this.#bytes.readUInt32LE(this.#column.bounds[2 * item])
  }
}
