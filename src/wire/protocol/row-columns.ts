import type { FileRange } from '../../rows/file-range.ts'
import type { RowFormat } from '../../rows/row-format.ts'

/**
 * Inputs of a batch as rows of a data file, which the worker parses. `rows` may be a view of more memory: a link sends what
 * the view shows.
 */
export interface RowColumn {
  readonly rows: Uint8Array
  /** The place of the rows in a file of this machine: then `rows` is empty, and the worker reads them there. */
  readonly range?: FileRange
  /** Start and end of each row in `rows`, or in the range. */
  readonly bounds: Uint32Array
  readonly format: RowFormat
  /** Send the keys of the rows with their outcomes, made with this secret. */
  readonly secret?: Uint8Array
}

/** Rows that stay in their file, as bytes. A worker sends those that its host may have to know: they failed, or were slow. */
export interface RowContents extends Pick<RowColumn, 'rows' | 'bounds' | 'format'> {
  /** The offset of each in its batch. */
  readonly offsets: readonly number[]
}

/** Outcomes of a batch as text: a line of JSON for each result, in order, and none for a failure. */
export interface TextColumn {
  readonly text: Uint8Array
  /** The number of outcomes, failures included. */
  readonly count: number
}
