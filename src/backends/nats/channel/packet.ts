/** The kinds of packets: a message of the session, or a notice about such messages. */
export const MESSAGE = 0
/** The message is kept in the object store; the packet holds the name under which. */
export const STORED = 1
/** Nothing but how far the other side's messages have been taken. */
export const TAKEN = 2
/** A message before this one is missing: send again from there. */
export const MISSING = 3
/** The stored message with this number is gone: store it again. */
export const LOST = 4

const HEADER_BYTES = 9

export interface Packet {
  readonly kind: number
  /** The number of the message, counted from 1. */
  readonly seq: number
  /** All messages of the other side up to this number have been taken. */
  readonly taken: number
  readonly body: Uint8Array
}

export function encodePacket(kind: number, seq: number, taken: number, body: Uint8Array = EMPTY): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  bytes[0] = kind
  bytes.writeUInt32LE(seq, 1)
  bytes.writeUInt32LE(taken, 5)
  bytes.set(body, HEADER_BYTES)
  return bytes
}

/** Decodes a packet; undefined if the bytes are not one. */
export function decodePacket(data: Uint8Array): Packet | undefined {
  if (data.length < HEADER_BYTES) return undefined
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const kind = bytes[0] as number
  if (kind > LOST) return undefined
  return { kind, seq: bytes.readUInt32LE(1), taken: bytes.readUInt32LE(5), body: data.subarray(HEADER_BYTES) }
}

const EMPTY = new Uint8Array(0)
