import { types } from 'node:util'

import { Encoder } from './encoder.ts'
import { emptyError, envelopeOf } from './error-envelope.ts'
import type { Encoded } from './special.ts'
import { asUnsendable } from './unsendable.ts'

/** Encodes a thrown value. Parts that cannot be sent become texts that say so. Never throws. */
export function encodeThrown(thrown: unknown, encoder: Encoder = new Encoder({ lenient: true })): Encoded {
  try {
    return encoder.encode(thrown)
  } catch (error) {
    return encoder.encode(standIn(thrown, asUnsendable(error, thrown).reason, encoder))
  }
}

/** Makes an error of the parts that can be read: an unreadable error is an outcome, too. */
function standIn(thrown: unknown, reason: string, encoder: Encoder): Error | string {
  if (!types.isNativeError(thrown)) return `[uncloneable: ${reason}]`
  const { envelope, fields } = envelopeOf(thrown)
  const error = emptyError(envelope) as Error & Record<string, unknown>
  for (const [name, value] of fields) error[name] = isReadable(value, encoder) ? value : `[uncloneable: ${reason}]`
  return error
}

function isReadable(value: unknown, encoder: Encoder): boolean {
  try {
    encoder.encode(value)
    return true
  } catch {
    return false
  }
}
