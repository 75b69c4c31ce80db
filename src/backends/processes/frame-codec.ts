import { Deserializer, Serializer } from 'node:v8'

/** Nonce, then length of the body. */
const HEADER = 8

/** A value may take so much, in bytes: with what goes around it a message stays below what sockets take at once. */
export const MAX_VALUE_BYTES: number = 2 ** 31 - 2 ** 24

/** What claims to be longer is no message, in bytes: it is refused before any of it is kept. */
const MAX_FRAME_BYTES = 2 ** 31

/**
 * A message as two pieces: a header of a nonce that both ends know and the length, and the value as V8 writes it.
 *
 * The plain serialiser, not `v8.serialize`: that one gives views of one big buffer on arrival, which would alias items.
 */
export function encodeFrame(nonce: number, value: unknown): [header: Buffer, body: Buffer] {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  const body = serializer.releaseBuffer()
  const header = Buffer.allocUnsafe(HEADER)
  header.writeUInt32LE(nonce, 0)
  header.writeUInt32LE(body.length, 4)
  return [header, body]
}

/** Puts messages together from the pieces in which they arrive. */
export class FrameReader {
  readonly #nonce: number
  readonly #onFrame: (value: unknown) => void
  #pieces: Buffer[] = []
  #have = 0
  #need = HEADER
  #inBody = false
  #broken = false

  constructor(nonce: number, onFrame: (value: unknown) => void) {
    this.#nonce = nonce
    this.#onFrame = onFrame
  }

  /** Throws where the bytes are none of ours, and from then on: nothing that follows can be trusted. */
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
    if (header.readUInt32LE(0) !== this.#nonce) throw new Error('the channel carries something that is no message')
    this.#need = header.readUInt32LE(4)
    if (this.#need > MAX_FRAME_BYTES) throw new Error(`a message of ${this.#need} bytes is none`)
    this.#inBody = true
  }

  #body(): void {
    const body = this.#take(this.#need)
    this.#need = HEADER
    this.#inBody = false
    const deserializer = new Deserializer(body)
    deserializer.readHeader()
    this.#onFrame(deserializer.readValue())
  }

  #take(bytes: number): Buffer {
    const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
    this.#have -= bytes
    this.#pieces = this.#have === 0 ? [] : [all.subarray(bytes)]
    return all.subarray(0, bytes)
  }
}
