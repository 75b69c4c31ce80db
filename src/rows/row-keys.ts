import { hash } from 'node:crypto'

/** The length of a row's key, in bytes. */
export const ROW_KEY_BYTES = 16

/**
 * Makes the keys of rows from their bytes: equal bytes have equal keys. Nobody can make up two rows of one key without
 * the secret of 16 bytes, which each job log has of its own. `bounds`: start and end of each row in `bytes`.
 */
export function rowKeys(bytes: Uint8Array, bounds: Uint32Array, secret: Uint8Array): Uint8Array {
  const keys = new Uint8Array((bounds.length / 2) * ROW_KEY_BYTES)
  for (let row = 0; row < bounds.length / 2; row++) {
    const own = Buffer.concat([secret, bytes.subarray(bounds[2 * row], bounds[2 * row + 1])])
    keys.set(hash('sha256', own, 'buffer').subarray(0, ROW_KEY_BYTES), row * ROW_KEY_BYTES)
  }
  return keys
}

/** The key of one row as a job log writes it. */
export function rowKeyText(keys: Uint8Array, row = 0): string {
  const key = keys.subarray(row * ROW_KEY_BYTES, (row + 1) * ROW_KEY_BYTES)
  return `row:${Buffer.from(key).toString('base64url')}`
}
