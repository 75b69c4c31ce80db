import type { RowBlock } from '../../rows/row-block.ts'
import type { Integers } from './column-cells.ts'
import { type Columns, TableSlice } from './table-slice.ts'

/** Rows in a block. */
const BLOCK = 4_096

/** Writes rows of a table as bytes. `name`: the file; `firstRow`: the number of rows before them in it. */
export function* columnBlocks(
  columns: Columns,
  name: string,
  firstRow: number,
  integers: Integers,
): Generator<RowBlock, void, undefined> {
  const slice = new TableSlice(columns, integers)
  for (let start = 0; start < slice.rows; start += BLOCK) {
    const rows = Array.from({ length: Math.min(BLOCK, slice.rows - start) }, (_, i) => start + i)
    const first = firstRow + start + 1
    // Tables have no lines: these are the numbers of rows.
    yield { format: slice.format, name, ...slice.bytesOf(rows), lineOf: (row) => first + row }
  }
}
