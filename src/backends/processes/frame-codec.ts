import { attachBytes, detachBytes } from '../../wire/protocol/byte-parts.ts'
import type { LogFrame } from '../../wire/protocol/frames.ts'
import { MAX_PRINTED_BYTES, readPrinted, writePrinted } from '../../wire/protocol/printed.ts'
import { deserialize, serialize } from '../../wire/protocol/v8-bytes.ts'

/** Nonce, then length of the body. */
const HEADER = 8
/** Set in the length: the body is something that was printed. Messages are shorter than this. */
const PRINTED = 0x8000_0000

/** The largest value, in bytes: with its frame a message stays below what sockets take at once. */
export const MAX_VALUE_BYTES: number = 2 ** 31 - 2 ** 24

/**
 * A message in pieces: a header of a nonce that both ends know and the length, and the value as V8 writes it. Rows and text
 * in it follow as they are: they need no copy, and may be views of larger memory.
 */
export function encodeFrame(nonce: number, message: unknown): Buffer[] {
  const { rest, parts, at } = detachBytes(message)
  const value = serialize(rest)
  if (parts.length === 0) return [headerOf(nonce, value.length), value]
  const list = Buffer.alloc(4 * (parts.length + 2))
  // The first byte, 0, tells a list from a value.
  list.writeUInt16BE(parts.length, 0)
  list.writeUInt16LE(at, 2)
  for (const [i, { length }] of [value, ...parts].entries()) list.writeUInt32LE(length, 4 * (i + 1))
  const length = parts.reduce((sum, part) => sum + part.length, list.length + value.length)
  return [headerOf(nonce, length), list, value, ...parts]
}

function headerOf(nonce: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER)
  header.writeUInt32LE(nonce, 0)
  header.writeUInt32LE(length, 4)
  return header
}

/** The inverse of what `encodeFrame` puts behind the header. Each value of V8's begins with this byte, a list of parts with 0. */
const VALUE = 0xff

function decodeFrame(body: Buffer): unknown {
  if (body[0] === VALUE) return deserialize(body)
  const count = body.readUInt16BE(0)
  const at = body.readUInt16LE(2)
  let end = 4 * (count + 2)
  const pieces = Array.from({ length: count + 1 }, (_, i) =>
    body.subarray(end, (end += body.readUInt32LE(4 * (i + 1)))),
  )
  return attachBytes({ rest: deserialize(pieces[0] as Buffer), parts: pieces.slice(1), at })
}

const printedRoom = Buffer.allocUnsafe(HEADER + MAX_PRINTED_BYTES)

/** Encodes a piece of output as a message. Its bytes are valid until the next one. */
export function encodePrinted(nonce: number, frame: LogFrame, piece: string): Buffer {
  const bytes = writePrinted(printedRoom, HEADER, frame, piece)
  printedRoom.writeUInt32LE(nonce, 0)
  printedRoom.writeUInt32LE((bytes | PRINTED) >>> 0, 4)
  return printedRoom.subarray(0, HEADER + bytes)
}

/** Puts messages together from the pieces in which they arrive. */
export class FrameReader {
  readonly #nonce: number
  readonly #onFrame: (value: unknown) => void
  readonly #onPrinted: (frame: LogFrame) => void
  #pieces: Buffer[] = []
  #have = 0
  #need = HEADER
  #inBody = false
  #broken = false
  #isPrinted = false

  constructor(nonce: number, onFrame: (value: unknown) => void, onPrinted: (frame: LogFrame) => void = () => {}) {
    this.#nonce = nonce
    this.#onFrame = onFrame
    this.#onPrinted = onPrinted
  }

  /** Throws if the bytes are not ours, and from then on: nothing that follows can be trusted. */
  push(piece: Buffer): void {
    if (this.#broken) throw new Error('the channel is broken')
    this.#pieces.push(piece)
    this.#have += piece.length
    this.#broken = true
    while (this.#have >= this.#need) {
      if (this.#inBody) this.#body()
      else this.#header()
    }
    this.#broken = false
  }

  #header(): void {
    const header = this.#take(HEADER)
    if (header.readUInt32LE(0) !== this.#nonce) throw new Error('the channel carries bytes that are not a message')
    const length = header.readUInt32LE(4)
    this.#isPrinted = length >= PRINTED
    this.#need = this.#isPrinted ? length - PRINTED : length
    if (this.#isPrinted && this.#need > MAX_PRINTED_BYTES)
      throw new Error(`a printed message of ${this.#need} bytes is too long`)
    this.#inBody = true
  }

  #body(): void {
    const body = this.#take(this.#need)
    this.#need = HEADER
    this.#inBody = false
    if (this.#isPrinted) return this.#onPrinted(readPrinted(body, 0))
    this.#onFrame(decodeFrame(body))
  }

  #take(bytes: number): Buffer {
    const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
    this.#have -= bytes
    this.#pieces = this.#have === 0 ? [] : [all.subarray(bytes)]
    return all.subarray(0, bytes)
  }
}
