import { decode } from '../../wire/codec/decode.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import { canonicalHash, HASH_METHOD } from '../canonical/canonical-hash.ts'

/**
 * The canonical hash of a value that was encoded to be sent. Functions in it count by their number, instances by what
 * was made of them.
 *
 * @throws {TypeError} for what has no hash.
 */
export function encodedHash({ value, specials }: Encoded): Buffer {
  if (specials === undefined) return canonicalHash(value)
  // To put the parts together changes the value, which is still to be sent.
  const own = structuredClone({ value, specials })
  return canonicalHash(
    decode(own.value, own.specials, {
      functions: standIn,
      classes: { named: (name) => ({ name, encode: (one) => one, decode: (data) => standIn({ name, data }) }) },
    }),
  )
}

/** A function, so that it may also stand where an accessor was. */
function standIn(identity: unknown): unknown {
  return Object.assign(() => identity, { [HASH_METHOD]: () => identity })
}
