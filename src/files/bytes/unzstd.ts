import { once } from 'node:events'
import type { Transform } from 'node:stream'

import { ZstdFrames } from './zstd-frames.ts'

/** Decompresses Zstandard, frame by frame. `makeDecoder` makes what decompresses one. Throws if the end is missing. */
export async function* unzstd(
  pieces: AsyncIterable<Uint8Array>,
  makeDecoder: () => Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const frames = new ZstdFrames()
  let decoder: FrameDecoder | undefined
  try {
    for await (const piece of pieces)
      for (const { bytes, isEnd } of frames.split(piece)) {
        decoder ??= new FrameDecoder(makeDecoder())
        yield* await decoder.decode(bytes)
        if (!isEnd) continue
        yield* await decoder.end()
        decoder = undefined
      }
  } finally {
    decoder?.close()
  }
  if (!frames.isComplete) throw new Error('unexpected end of file')
}

/** Decompresses one frame, off this thread. */
class FrameDecoder {
  readonly #decoder: Transform
  #output: Uint8Array[] = []

  constructor(decoder: Transform) {
    this.#decoder = decoder
    decoder.on('data', (piece: Uint8Array) => this.#output.push(piece))
  }

  /** Resolves to what the bytes become. */
  async decode(bytes: Uint8Array): Promise<Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.#decoder.once('error', reject)
      this.#decoder.write(bytes, () => {
        this.#decoder.off('error', reject)
        resolve()
      })
    })
    return this.#output.splice(0)
  }

  /** Resolves to the rest. */
  async end(): Promise<Uint8Array[]> {
    const ended = once(this.#decoder, 'end')
    this.#decoder.end()
    await ended
    return this.#output.splice(0)
  }

  close(): void {
    this.#decoder.destroy()
  }
}
