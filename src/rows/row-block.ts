import type { FilePlace } from './file-range.ts'
import type { RowFormat } from './row-format.ts'

/** Whole rows as bytes, in the order of their file. */
export interface RowBlock {
  readonly format: RowFormat
  /** The file that they come from, as the user named it; for errors. */
  readonly name: string
  readonly bytes: Buffer
  /** Two numbers for each row: the offset in `bytes` at which it begins, and that at which it ends, without its terminator. */
  readonly bounds: Uint32Array
  /** The place of `bytes` in a file, if others can read them there, too. */
  readonly place?: FilePlace | undefined
  /** Returns the number of the line, or NUL-separated record, in which a row begins, from 1. */
  lineOf(row: number): number
  /** Reads a row whose bytes stay in its file, of format `parquet`: waits for the disk. */
  content?(row: number): RowContent
  /** Call it when no row of the block is needed any more: its memory is used again. Not to call it costs only memory. */
  release?(): void
}

/** A row as bytes, and how they are read. */
export interface RowContent {
  readonly bytes: Buffer
  readonly format: RowFormat
}

/** The number of rows of a block. */
export function rowCount({ bounds }: RowBlock): number {
  return bounds.length / 2
}
