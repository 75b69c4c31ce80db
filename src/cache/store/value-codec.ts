import { createHash } from 'node:crypto'
import { Deserializer, Serializer } from 'node:v8'

import { canonicalHash } from '../../task/canonical/canonical-hash.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import type { Special } from '../../wire/codec/special.ts'
import { CODEC, type Codec } from './record.ts'

/** How results become bytes, where structured data is not enough or too much. */
export interface ValueCodec<T = unknown> {
  /** Results that were stored under another name are not read. */
  readonly name: string
  readonly encode: (value: T) => Uint8Array
  readonly decode: (bytes: Uint8Array) => T
}

/** What is needed to turn results into bytes and back. */
export interface ValueContext {
  readonly codec?: ValueCodec | undefined
  /** Classes whose instances may be part of results. */
  readonly classes?: ClassRegistry | undefined
}

/** A result as bytes. */
export interface StoredValue {
  readonly codec: Codec
  readonly payload: Buffer
  /** Equal values have equal hashes: 64 hex digits. */
  readonly valueHash: string
}

const encoders = new WeakMap<ClassRegistry, Encoder>()
const plain = new Encoder()

/** Turns a result into bytes. Throws where it holds what cannot be stored. */
export function encodeValue(value: unknown, { codec, classes }: ValueContext): StoredValue {
  if (codec !== undefined) {
    const payload = Buffer.from(codec.encode(value))
    return { codec: CODEC.own, payload, valueHash: hashOf(value, classes, payload) }
  }
  const { value: data, specials } = encoderFor(classes).encode(value)
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(specials === undefined ? data : [data, specials])
  const payload = serializer.releaseBuffer()
  const kind = specials === undefined ? CODEC.native : CODEC.specials
  return { codec: kind, payload, valueHash: hashOf(value, classes, payload) }
}

/** Makes a value of its bytes, a new one at each call. Throws where it cannot. */
export function decodeValue(kind: Codec, payload: Buffer, { codec, classes }: ValueContext): unknown {
  if ((kind === CODEC.own) !== (codec !== undefined)) throw new TypeError('the result was stored with another codec')
  // The bytes belong to somebody else.
  if (codec !== undefined) return codec.decode(Buffer.from(payload))
  const deserializer = new Deserializer(payload)
  deserializer.readHeader()
  const data: unknown = deserializer.readValue()
  if (kind === CODEC.native) return data
  if (kind !== CODEC.specials) throw new TypeError('the result was stored in a way that is not known here')
  const [value, specials] = data as [unknown, Special[]]
  return decode(value, specials, { classes })
}

function encoderFor(classes: ClassRegistry | undefined): Encoder {
  if (classes === undefined) return plain
  let encoder = encoders.get(classes)
  if (encoder === undefined) encoders.set(classes, (encoder = new Encoder({ classes })))
  return encoder
}

/** What has no canonical hash is known by its bytes. */
function hashOf(value: unknown, classes: ClassRegistry | undefined, payload: Buffer): string {
  try {
    return canonicalHash(value, classes).toString('hex')
  } catch {
    return createHash('sha256').update(payload).digest('hex')
  }
}
