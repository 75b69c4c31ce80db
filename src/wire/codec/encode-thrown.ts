import { Encoder } from './encoder.ts'
import type { Encoded } from './special.ts'
import { Unsendable } from './unsendable.ts'

/** Encodes whatever was thrown; parts that cannot travel become texts that say so. Never throws. */
export function encodeThrown(thrown: unknown, encoder: Encoder = new Encoder({ lenient: true })): Encoded {
  try {
    return encoder.encode(thrown)
  } catch (error) {
    // Even an error that no part of can be read is an outcome.
    return encoder.encode(new Error(`[uncloneable: ${error instanceof Unsendable ? error.reason : 'unreadable'}]`))
  }
}
