import { deserialize, serialize } from '../../wire/protocol/v8-bytes.ts'
import type { Packed } from '../worker/messages.ts'

/** The first byte of what is kept: an accumulator as its worker packed it, or a plain value. */
const PACKED = 1
const PLAIN = 0

/** Returns an accumulator as it is kept in a file. */
export function bytesToKeep(accumulator: Packed): Uint8Array {
  const isPacked = 'bytes' in accumulator
  const bytes = isPacked ? accumulator.bytes : serialize(accumulator.value)
  return Buffer.concat([Buffer.of(isPacked ? PACKED : PLAIN), bytes])
}

/** Returns the accumulator in the bytes of a file, which are known to be those that were written. */
export function keptIn(kept: Uint8Array): Packed {
  const bytes = kept.subarray(1)
  return kept[0] === PACKED ? { bytes } : { value: deserialize(bytes) }
}
