import { createHash, type Hash, randomBytes } from 'node:crypto'

import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import { UnreadableInput } from '../../run/source/parsed-rows.ts'
import { contentDigest } from '../../task/canonical/canonical-hash.ts'

/** Returns the 16 bytes by which an input is known again. One that cannot be hashed is never known again. */
export function inputKey(input: unknown): Buffer {
  const digest = input instanceof UnreadableInput ? undefined : contentDigest(input)
  return digest === undefined || digest.length === 0 ? randomBytes(ROW_KEY_BYTES) : digest.subarray(0, ROW_KEY_BYTES)
}

/** The hash of the keys of neighbouring inputs. */
export class KeysHash {
  readonly #hash: Hash = createHash('sha256')

  add(key: Uint8Array): void {
    this.#hash.update(key)
  }

  /** Can be called once. */
  text(): string {
    return this.#hash.digest('hex').slice(0, 2 * ROW_KEY_BYTES)
  }
}
