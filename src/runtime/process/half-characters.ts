import { StringDecoder } from 'node:string_decoder'

import type { LogFrame } from '../../wire/protocol/frames.ts'

type Stream = LogFrame['stream']

/** Assembles characters whose bytes are written in pieces, separately for each item. */
export class HalfCharacters {
  /** Decoders of items that have written bytes. */
  readonly #decoders = new Map<string, StringDecoder>()

  /** Returns the text of some bytes, after those that came before. */
  decode(item: number, stream: Stream, bytes: Uint8Array): string {
    const key = `${item} ${stream}`
    let decoder = this.#decoders.get(key)
    if (decoder === undefined) this.#decoders.set(key, (decoder = new StringDecoder('utf8')))
    return decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  /** Ends the text of an item. Returns a replacement character if the last one is incomplete. */
  end(item: number, stream: Stream): string {
    if (this.#decoders.size === 0) return ''
    const key = `${item} ${stream}`
    const rest = this.#decoders.get(key)?.end() ?? ''
    this.#decoders.delete(key)
    return rest
  }
}
