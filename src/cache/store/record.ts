/** The kinds of records. Values are part of the format: never change one, only add. */
export const KIND = {
  /** A result. */
  entry: 1,
  /** The parts that the code of a function is made of, by the hash of that code. */
  code: 2,
  /** Keys whose results are gone, and why. */
  gone: 3,
  /** When results were last used. */
  used: 4,
} as const

export type Kind = (typeof KIND)[keyof typeof KIND]

/** The ways in which a payload is encoded. */
export const CODEC = { native: 1, specials: 2, own: 3, buffers: 4 } as const

export type Codec = (typeof CODEC)[keyof typeof CODEC]

/** The head of a record; all numbers are little-endian. */
export interface RecordHead {
  readonly kind: Kind
  readonly codec: Codec
  /** The major version of the Node that wrote it. */
  readonly node: number
  /** When it was stored, in milliseconds since 1970, made to differ within a process. */
  readonly stored: number
  /** The result counts until then, in milliseconds since 1970; Infinity for no limit. */
  readonly expires: number
  /** The duration of the computation, in milliseconds. */
  readonly ms: number
  /** 64 hex digits. */
  readonly key: string
  /** The canonical hash of the value: 64 hex digits. */
  readonly valueHash: string
}

/** A head as it was read, with the lengths of what follows. */
export interface ReadHead extends RecordHead {
  readonly bodyCrc: number
  readonly metaLength: number
  readonly payloadLength: number
  /** Of the whole record. */
  readonly length: number
}

/** Begins every record: `MHc` and the version of the format. */
export const MAGIC: Buffer = Buffer.from('MHc1', 'latin1')
export const HEAD_BYTES = 120
export const NO_HASH: string = '0'.repeat(64)
const NODE_MAJOR = Number.parseInt(process.versions.node, 10)
const EMPTY = Buffer.alloc(0)

let zlib: typeof import('node:zlib') | undefined

/** Computes a checksum. The module is loaded with the first record: most workers read none. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return (zlib ??= process.getBuiltinModule('node:zlib')).crc32(bytes, before)
}

export type NewRecord = Pick<RecordHead, 'kind' | 'key' | 'stored'> &
  Partial<Pick<RecordHead, 'codec' | 'expires' | 'ms' | 'valueHash'>> & {
    readonly meta?: Buffer
    readonly payload?: Buffer
    /** Large parts of the payload, which come after the rest. */
    readonly buffers?: readonly Uint8Array[] | undefined
  }

/** A record as bytes: head, meta, payload. Buffers are part of it, and have to be written after it. */
export function writeRecord(record: NewRecord): Buffer {
  const { meta = EMPTY, payload = EMPTY, buffers = [] } = record
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + meta.length + payload.length)
  meta.copy(bytes, HEAD_BYTES)
  payload.copy(bytes, HEAD_BYTES + meta.length)
  MAGIC.copy(bytes, 0)
  const bodyCrc = buffers.reduce((crc, part) => crc32(part, crc), crc32(bytes.subarray(HEAD_BYTES)))
  bytes.writeUInt32LE(bodyCrc, 8)
  bytes.writeUInt32LE(meta.length, 12)
  bytes.writeUInt32LE(
    buffers.reduce((sum, { byteLength }) => sum + byteLength, payload.length),
    16,
  )
  bytes.writeUInt8(record.kind, 20)
  bytes.writeUInt8(record.codec ?? CODEC.native, 21)
  bytes.writeUInt16LE(NODE_MAJOR, 22)
  bytes.writeDoubleLE(record.stored, 24)
  bytes.writeDoubleLE(record.expires ?? Infinity, 32)
  bytes.writeDoubleLE(record.ms ?? 0, 40)
  bytes.write(record.key, 48, 32, 'hex')
  bytes.write(record.valueHash ?? NO_HASH, 80, 32, 'hex')
  bytes.writeDoubleLE(0, 112)
  bytes.writeUInt32LE(crc32(bytes.subarray(8, HEAD_BYTES)), 4)
  return bytes
}

/** Reads the head of the record that begins at `at`; undefined if there is none, or it is broken. */
export function readHead(bytes: Buffer, at = 0): ReadHead | undefined {
  if (at + HEAD_BYTES > bytes.length || bytes.compare(MAGIC, 0, 4, at, at + 4) !== 0) return undefined
  if (bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at + 8, at + HEAD_BYTES))) return undefined
  const metaLength = bytes.readUInt32LE(at + 12)
  const payloadLength = bytes.readUInt32LE(at + 16)
  return {
    bodyCrc: bytes.readUInt32LE(at + 8),
    metaLength,
    payloadLength,
    length: HEAD_BYTES + metaLength + payloadLength,
    kind: bytes.readUInt8(at + 20) as Kind,
    codec: bytes.readUInt8(at + 21) as Codec,
    node: bytes.readUInt16LE(at + 22),
    stored: bytes.readDoubleLE(at + 24),
    expires: bytes.readDoubleLE(at + 32),
    ms: bytes.readDoubleLE(at + 40),
    key: bytes.toString('hex', at + 48, at + 80),
    valueHash: bytes.toString('hex', at + 80, at + 112),
  }
}

/** A whole record as it was read. */
export interface ReadRecord {
  readonly head: ReadHead
  readonly meta: Buffer
  readonly payload: Buffer
  /** Large parts of the payload, each in memory of its own. */
  readonly buffers?: readonly Uint8Array[]
}

/** Reads a whole record; undefined if any byte is not as it was written. */
export function readRecord(bytes: Buffer): ReadRecord | undefined {
  const head = readHead(bytes)
  if (head === undefined || head.length !== bytes.length) return undefined
  if (crc32(bytes.subarray(HEAD_BYTES)) !== head.bodyCrc) return undefined
  const metaEnd = HEAD_BYTES + head.metaLength
  return { head, meta: bytes.subarray(HEAD_BYTES, metaEnd), payload: bytes.subarray(metaEnd) }
}

/** A list of keys with a number each, as the body of a record. */
export function packKeys(keys: Iterable<readonly [key: string, at: number]>): Buffer {
  const list = [...keys]
  const bytes = Buffer.allocUnsafe(list.length * 40)
  for (const [i, [key, at]] of list.entries()) {
    bytes.write(key, i * 40, 32, 'hex')
    bytes.writeDoubleLE(at, i * 40 + 32)
  }
  return bytes
}

export function* unpackKeys(bytes: Buffer): Generator<readonly [key: string, at: number]> {
  for (let at = 0; at + 40 <= bytes.length; at += 40)
    yield [bytes.toString('hex', at, at + 32), bytes.readDoubleLE(at + 32)]
}

let lastStamp = 0

/** The time, in milliseconds since 1970; never the same twice in a thread. */
export function stampNow(): number {
  lastStamp = Math.max(Date.now(), lastStamp + 0.001)
  return lastStamp
}
