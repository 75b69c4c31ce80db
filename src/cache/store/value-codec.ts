import { types } from 'node:util'
import { Deserializer, Serializer } from 'node:v8'

import { canonicalHash } from '../../task/canonical/canonical-hash.ts'
import { lazyCrypto } from '../../util/digest.ts'
import type { Copier } from '../../wire/codec/buffer-pool.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import { inOwnRealm } from '../../wire/codec/own-realm.ts'
import type { Special } from '../../wire/codec/special.ts'
import { collectFiles } from '../../wire/values/file-input.ts'
import { writeTable } from './blobs/blob-file.ts'
import { CODEC, type Codec, NO_HASH } from './record.ts'

/** Larger buffers are put largeBuffers, in bytes. */
const LARGE = 32 * 1024

/** Collects the large buffers of a value that is being encoded, so that they go to disk without a copy. */
class LargeBuffers implements Copier {
  readonly lease = undefined
  #buffers: ArrayBuffer[] = []

  begin(): void {
    this.#buffers = []
  }

  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferLike | undefined {
    if (length < LARGE || types.isSharedArrayBuffer(buffer)) return undefined
    const part = length === buffer.byteLength ? buffer : buffer.slice(offset, offset + length)
    this.#buffers.push(part)
    return part
  }

  /** All of the value that was encoded last. */
  take(): readonly ArrayBuffer[] {
    const buffers = this.#buffers
    this.#buffers = []
    return buffers
  }
}

/** A codec for results that structured clones cannot hold, or hold badly. */
export interface ValueCodec<T = unknown> {
  /** Results that were stored under another name are not read. */
  readonly name: string
  readonly encode: (value: T) => Uint8Array
  readonly decode: (bytes: Uint8Array) => T
}

/** The codec and classes to turn results into bytes and back. */
export interface ValueContext {
  readonly codec?: ValueCodec | undefined
  /** Classes whose instances may be part of results. */
  readonly classes?: ClassRegistry | undefined
}

/** The stored form of a value. */
export interface ValueBytes {
  readonly codec: Codec
  readonly payload: Buffer
  /** Large parts of it. A value takes them over. */
  readonly buffers?: readonly Uint8Array[] | undefined
}

/** A result as bytes. Its large parts still belong to the value: copy them to keep them for long. */
export interface StoredValue extends ValueBytes {
  /** Equal values have equal hashes: 64 hex digits. */
  readonly valueHash: string
}

const largeBuffers = new LargeBuffers()
const encoders = new WeakMap<ClassRegistry, Encoder>()
const plain = new Encoder({ copier: largeBuffers })

/** Turns a result into bytes. Throws if it holds something that cannot be stored. */
export function encodeValue(value: unknown, { codec, classes }: ValueContext): StoredValue {
  if (codec !== undefined) {
    const payload = Buffer.from(codec.encode(value))
    return { codec: CODEC.own, payload, valueHash: hashOf(value, classes, payload) }
  }
  const { value: data, specials } = encoderFor(classes).encode(value)
  const buffers = largeBuffers.take()
  const serializer = new Serializer()
  for (const [i, buffer] of buffers.entries()) serializer.transferArrayBuffer(i, buffer)
  serializer.writeHeader()
  const kind = buffers.length > 0 ? CODEC.buffers : specials === undefined ? CODEC.native : CODEC.specials
  serializer.writeValue(kind === CODEC.native ? data : [data, specials])
  const payload = serializer.releaseBuffer()
  const valueHash = hashOf(value, classes, payload)
  if (kind !== CODEC.buffers) return { codec: kind, payload, valueHash }
  const parts = buffers.map((buffer) => new Uint8Array(buffer))
  return { codec: kind, payload: Buffer.concat([writeTable(parts), payload]), buffers: parts, valueHash }
}

/** Returns bytes that stay as they are when the value changes. */
export function detached(stored: StoredValue): StoredValue {
  return stored.buffers === undefined ? stored : { ...stored, buffers: stored.buffers.map((part) => part.slice()) }
}

/** Decodes a result that is still in memory, and leaves its bytes as they are. */
export function decodeCopy(stored: StoredValue, context: ValueContext): unknown {
  const { buffers, payload } = detached(stored)
  const table = buffers === undefined ? 0 : writeTable(buffers).length
  return decodeValue({ ...stored, payload: payload.subarray(table), buffers }, context)
}

/** Decodes a value. Throws if the bytes cannot be decoded. */
export function decodeValue(
  { codec: kind, payload, buffers = [] }: ValueBytes,
  { codec, classes }: ValueContext,
): unknown {
  if ((kind === CODEC.own) !== (codec !== undefined)) throw new TypeError('the result was stored with another codec')
  // A codec gets a copy, because the bytes are used again.
  if (codec !== undefined) return codec.decode(Buffer.from(payload))
  const deserializer = new Deserializer(payload)
  for (const [i, part] of buffers.entries()) deserializer.transferArrayBuffer(i, part.buffer as ArrayBuffer)
  deserializer.readHeader()
  const data: unknown = inOwnRealm(deserializer.readValue() as unknown)
  if (kind === CODEC.native) return data
  if (kind !== CODEC.specials && kind !== CODEC.buffers)
    throw new TypeError('the result was stored in a way that is not known here')
  const [value, specials] = data as [unknown, Special[] | undefined]
  return decode(value, specials, { classes })
}

function encoderFor(classes: ClassRegistry | undefined): Encoder {
  if (classes === undefined) return plain
  let encoder = encoders.get(classes)
  if (encoder === undefined) encoders.set(classes, (encoder = new Encoder({ classes, copier: largeBuffers })))
  return encoder
}

/**
 * Returns the canonical hash of a value, or the hash of its bytes if it has none. A value that names files has none that
 * can be kept: they may have other contents later.
 */
function hashOf(value: unknown, classes: ClassRegistry | undefined, payload: Buffer): string {
  try {
    const files = new Map<string, string>()
    const hash = collectFiles(files, () => canonicalHash(value, classes))
    return files.size > 0 ? NO_HASH : hash.toString('hex')
  } catch {
    return lazyCrypto().createHash('sha256').update(payload).digest('hex')
  }
}
