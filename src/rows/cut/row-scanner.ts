import type { BoundsList } from './bounds-list.ts'

/** Finds rows in bytes that come piece by piece. */
export interface RowScanner {
  /** The byte that ends lines. */
  readonly separator: number
  /** The number of the line in which the bytes begin that come again, from 1. */
  readonly line: number
  /**
   * Adds the bounds of all rows in `bytes` that are complete. Bytes that belong to no complete row come again at the next
   * call, at offset 0, with more behind them. `from`: the offset at which the first row begins; `isLast`: no more come.
   * Returns the offset of the first byte that is needed again.
   */
  scan(bytes: Buffer, from: number, isLast: boolean, rows: BoundsList): number
}

export const NEWLINE = 0x0a
export const RETURN = 0x0d
