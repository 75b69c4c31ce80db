import { hostClasses } from '../../task/register-class.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import type { Capabilities } from '../backend/backend.ts'

/** Makes an encoder for values that are sent to the workers of a backend. */
export function hostEncoder(
  { sharedMemory, maxBytes }: Pick<Capabilities, 'sharedMemory' | 'maxBytes'>,
  shareFrom?: number,
): Encoder {
  return new Encoder({ classes: hostClasses(), sharedMemory, maxBytes, shareFrom, largeCopies: 'pooled' })
}
