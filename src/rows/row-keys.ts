import { hash } from 'node:crypto'

import type { RowFormat } from './row-format.ts'

/** The length of a row's key, in bytes. */
export const ROW_KEY_BYTES = 16

/**
 * Makes the keys of rows, 16 bytes each, from their bytes and their format: rows of equal bytes have equal keys if they are
 * read in the same way. Nobody can make up two rows of one key without the secret of 16 bytes, which each job log has
 * of its own. `bounds`: start and end of each row in `bytes`.
 */
export function rowKeys(bytes: Uint8Array, bounds: Uint32Array, secret: Uint8Array, format: RowFormat): Uint8Array {
  const own = secretOf(secret, format)
  const keys = new Uint8Array((bounds.length / 2) * ROW_KEY_BYTES)
  for (let row = 0; row < bounds.length / 2; row++) {
    const text = Buffer.concat([own, bytes.subarray(bounds[2 * row], bounds[2 * row + 1])])
    keys.set(hash('sha256', text, 'buffer').subarray(0, ROW_KEY_BYTES), row * ROW_KEY_BYTES)
  }
  return keys
}

/** Writes the key of a row as text: `row:` and 22 letters. */
export function rowKeyText(keys: Uint8Array, row: number): string {
  const own = keys.subarray(row * ROW_KEY_BYTES, (row + 1) * ROW_KEY_BYTES)
  return `row:${Buffer.from(own).toString('base64url')}`
}

/** The same bytes are another value in another format: `1,2` below other names of columns, `5` as a line or as JSON. */
function secretOf(secret: Uint8Array, format: RowFormat): Buffer {
  const text = Buffer.concat([secret, Buffer.from(JSON.stringify(format))])
  return hash('sha256', text, 'buffer').subarray(0, ROW_KEY_BYTES)
}
