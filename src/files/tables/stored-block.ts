import type { RowBlock } from '../../rows/row-block.ts'
import type { StoredRows } from '../../rows/row-format.ts'
import { contentOf } from './slice-content.ts'

const NUMBER_BYTES = 4

/** Makes a block of rows that stay in their file. `name`: what the user calls it. */
export function storedBlock(format: StoredRows & { readonly kind: 'parquet' }, name: string): RowBlock {
  const { first, firstInGroup, rows } = format
  const bytes = Buffer.alloc(rows * NUMBER_BYTES)
  const bounds = new Uint32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    bytes.writeUInt32LE(firstInGroup + row, row * NUMBER_BYTES)
    bounds[2 * row] = row * NUMBER_BYTES
    bounds[2 * row + 1] = (row + 1) * NUMBER_BYTES
  }
  return {
    format,
    name,
    bytes,
    bounds,
    lineOf: (row) => first + row + 1,
    content: (row) => contentOf(format, row, `${name}:${first + row + 1}`),
  }
}
