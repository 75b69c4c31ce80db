import type { FileRange } from '../../rows/file-range.ts'
import { type ParseRow, rowParser } from '../../rows/parse/row-parser.ts'
import { type RowBlock, type RowContent, rowCount } from '../../rows/row-block.ts'
import type { RowFormat } from '../../rows/row-format.ts'
import { UnreadableRow } from '../../rows/unreadable-row.ts'
import type { BlockSpool, SpooledBlock } from './block-spool.ts'

/** A block of rows that was read, and the rows of it that run. */
export class ReadBlock {
  readonly format: RowFormat
  readonly length: number
  /** The position of the first row among all rows. */
  readonly firstIndex: number
  readonly #block: RowBlock
  /** 1 for rows that are left out; undefined if none is. */
  #leftOut: Uint8Array | undefined
  /** Rows whose bytes are needed. */
  #needed: number
  #parse: ParseRow | undefined
  #spooled: SpooledBlock | undefined

  constructor(block: RowBlock, firstIndex: number) {
    this.#block = block
    this.format = block.format
    this.length = rowCount(block)
    this.firstIndex = firstIndex
    this.#needed = this.length
  }

  /** Leaves out rows that have a 1 in the mask. Returns how many. */
  leaveOut(mask: Uint8Array | undefined): number {
    this.#leftOut = mask
    const count = mask === undefined ? 0 : mask.reduce((sum, one) => sum + one, 0)
    if (count > 0) this.release(count)
    return count
  }

  /** The bytes of so many rows are not needed any more. */
  release(rows: number): void {
    if (rows === 0) return
    this.#needed -= rows
    // Observers are told of the last ones before the end of this turn.
    if (this.#needed === 0) setImmediate(() => this.#releaseAll())
  }

  /** Returns the first row from one on that runs; the number of rows if there is none. */
  nextRow(from: number): number {
    if (this.#leftOut === undefined) return from
    const next = this.#leftOut.indexOf(0, from)
    return next < 0 ? this.length : next
  }

  /** Returns the end of the rows from one on among which so many run. */
  endOf(first: number, count: number): number {
    if (this.#leftOut === undefined) return Math.min(this.length, first + count)
    let end = first
    for (let left = count; end < this.length && left > 0; end++) if (this.#leftOut[end] === 0) left--
    return end
  }

  /** Returns how many rows between two run. */
  countOf(first: number, end: number): number {
    let count = end - first
    for (const one of this.#leftOut?.subarray(first, end) ?? []) count -= one
    return count
  }

  /** Returns how many rows from one on run, at most `max`, and at most so many bytes unless it is the first. */
  runFrom(first: number, max: number, maxBytes: number): number {
    const end = this.#endOfRun(first, Math.min(this.length, first + max))
    const { bounds } = this.#block
    const limit = (bounds[2 * first] as number) + maxBytes
    if ((bounds[2 * end - 1] as number) <= limit) return end - first
    let last = first + 1
    while (last < end && (bounds[2 * last + 1] as number) <= limit) last++
    return last - first
  }

  /** Returns a row as its function gets it; one that cannot be read as its text. */
  input(row: number): unknown {
    const content = this.contentOf(row)?.()
    if (content !== undefined) return rowParser(content.format, content.bytes)(0, content.bytes.length)
    try {
      return this.parse(row)
    } catch (error) {
      if (UnreadableRow.is(error)) return Buffer.from(this.rowBytes(row)).toString()
      throw error
    }
  }

  /** @throws {UnreadableRow} */
  parse(row: number): unknown {
    const { bounds, bytes } = this.#block
    this.#parse ??= rowParser(this.format, bytes)
    return this.#parse(bounds[2 * row] as number, bounds[2 * row + 1] as number)
  }

  /** Returns what reads a row whose bytes stay in its file; undefined for others. */
  contentOf(row: number): (() => RowContent) | undefined {
    const { content } = this.#block
    return content && (() => content(row))
  }

  bytesOf(row: number): number {
    const { bounds } = this.#block
    return (bounds[2 * row + 1] as number) - (bounds[2 * row] as number)
  }

  rowBytes(row: number): Uint8Array {
    const { bounds, bytes } = this.#block
    return bytes.subarray(bounds[2 * row], bounds[2 * row + 1])
  }

  /** Returns some rows, as a view, with their bounds in it. */
  slice(first: number, count: number): { readonly rows: Uint8Array; readonly bounds: Uint32Array } {
    const { bounds, bytes } = this.#block
    const start = bounds[2 * first] as number
    const own = bounds.slice(2 * first, 2 * (first + count))
    for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) - start
    return { rows: bytes.subarray(start, bounds[2 * (first + count) - 1]), bounds: own }
  }

  /** Returns the place of some rows in a file, if workers can read them there: in their own, or else in the spool. */
  rangeOf(first: number, count: number, spool: BlockSpool | undefined): FileRange | undefined {
    const { bounds, bytes } = this.#block
    const place = this.#block.place ?? (this.#spooled ??= spool?.copy(bytes))?.place
    if (place === undefined) return undefined
    const start = bounds[2 * first] as number
    const length = (bounds[2 * (first + count) - 1] as number) - start
    return { ...place, offset: place.offset + start, length }
  }

  /** `rows.jsonl:17` */
  position(row: number): string {
    return `${this.#block.name}:${this.#block.lineOf(row)}`
  }

  #releaseAll(): void {
    this.#block.release?.()
    this.#spooled?.free()
  }

  #endOfRun(first: number, end: number): number {
    const next = this.#leftOut?.indexOf(1, first) ?? -1
    return next < 0 ? end : Math.min(end, next)
  }
}
