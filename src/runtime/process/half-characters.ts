import { StringDecoder } from 'node:string_decoder'

import type { LogFrame } from '../../wire/protocol/frames.ts'

type Stream = LogFrame['stream']

/** Puts characters together whose bytes are written in pieces, one item's apart from another's. */
export class HalfCharacters {
  /** Of items that have written bytes. */
  readonly #decoders = new Map<string, StringDecoder>()

  /** The text that some bytes make, after those that came before. */
  decode(item: number, stream: Stream, bytes: Uint8Array): string {
    const key = `${item} ${stream}`
    let decoder = this.#decoders.get(key)
    if (decoder === undefined) this.#decoders.set(key, (decoder = new StringDecoder('utf8')))
    return decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  /** No more bytes of a character will come: a sign in the place of one that is not whole. */
  end(item: number, stream: Stream): string {
    if (this.#decoders.size === 0) return ''
    const key = `${item} ${stream}`
    const rest = this.#decoders.get(key)?.end() ?? ''
    this.#decoders.delete(key)
    return rest
  }
}
