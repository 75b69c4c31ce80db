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
/** Several messages, each after its length; the packet has the number of the first. */
export const SEVERAL = 5

const HEADER_BYTES = 9
const LENGTH_BYTES = 4

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
  if (kind > SEVERAL) return undefined
  return { kind, seq: bytes.readUInt32LE(1), taken: bytes.readUInt32LE(5), body: data.subarray(HEADER_BYTES) }
}

/** Encodes consecutive messages as one packet; `seq` is the number of the first. */
export function encodeSeveral(seq: number, taken: number, messages: readonly Uint8Array[]): Uint8Array {
  let length = HEADER_BYTES
  for (const message of messages) length += LENGTH_BYTES + message.length
  const bytes = Buffer.allocUnsafe(length)
  bytes[0] = SEVERAL
  bytes.writeUInt32LE(seq, 1)
  bytes.writeUInt32LE(taken, 5)
  let at = HEADER_BYTES
  for (const message of messages) {
    bytes.writeUInt32LE(message.length, at)
    bytes.set(message, at + LENGTH_BYTES)
    at += LENGTH_BYTES + message.length
  }
  return bytes
}

/** The bytes that a message takes in a packet of several. */
export function sizeAmongSeveral(message: Uint8Array): number {
  return LENGTH_BYTES + message.length
}

/** Returns the messages of a packet as packets of their own; none if its lengths are wrong. */
export function packetsIn(packet: Packet): Packet[] {
  if (packet.kind !== SEVERAL) return [packet]
  const { seq, taken, body } = packet
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const packets: Packet[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at + LENGTH_BYTES
    if (start > bytes.length) return []
    at = start + bytes.readUInt32LE(at)
    if (at > bytes.length) return []
    packets.push({ kind: MESSAGE, seq: seq + packets.length, taken, body: body.subarray(start, at) })
  }
  return packets
}

const EMPTY = new Uint8Array(0)
