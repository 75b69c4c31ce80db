import type { Readable, Transform } from 'node:stream'

import { cannotRead } from '../cannot-read.ts'
import type { ByteReader } from './byte-reader.ts'

/** Facts about a stream that is decompressed. */
export interface DecodingTerms {
  /** The user's name for it. */
  readonly name: string
  /** Makes the error for data that cannot be decompressed. */
  readonly failed: (error: unknown) => Error
  /** The decoder ignores what comes behind the end of its data. */
  readonly endsEarly: boolean
}

/**
 * Reads what a decoder makes of a stream. What it made before an error is read first, which an iteration of the decoder
 * would lose.
 */
export function decodingReader(source: Readable, decoder: Transform, terms: DecodingTerms): ByteReader {
  const { name, failed, endsEarly } = terms
  let problem: Error | undefined
  let isOver = false
  let wake = (): void => {}
  const end = (error?: Error): void => {
    problem ??= error
    isOver = true
    wake()
  }
  let given = 0
  let isChecking = false
  source.on('data', (piece: Buffer) => (given += piece.length))
  source.on('error', (error) => {
    end(cannotRead(name, error))
    decoder.destroy()
  })
  source.pipe(decoder)
  decoder.on('readable', () => wake())
  decoder.on('error', (error) => end(failed(error)))
  decoder.on('close', () => {
    if (!isChecking) end()
  })
  decoder.on('end', () => {
    if (!endsEarly) return end()
    isChecking = true
    const { bytesWritten } = decoder as Transform & { readonly bytesWritten: number }
    const behind = (): void => end(failed(new Error('other data follows behind its end')))
    if (bytesWritten < given) return behind()
    if (source.readableEnded) return end()
    source.unpipe(decoder)
    source.once('data', behind)
    source.once('end', () => end())
    source.resume()
  })
  return {
    isPrompt: false,
    read: async (room) => {
      for (;;) {
        const piece = decoder.read() as Buffer | null
        if (piece !== null) {
          room(piece.length).set(piece)
          return piece.length
        }
        if (problem !== undefined) throw problem
        if (isOver) return 0
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    close: async () => {
      source.destroy()
      decoder.destroy()
    },
  }
}
