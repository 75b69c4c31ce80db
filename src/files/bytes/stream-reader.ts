import type { Readable } from 'node:stream'

import type { ByteReader } from './byte-reader.ts'

/**
 * Reads a stream of Node. What came before an error is read first, which an iteration of the stream would lose. `failed`
 * turns the stream's error into that of the caller; `close` is called when the stream is not needed any more.
 */
export function streamReader(stream: Readable, failed: (error: unknown) => Error, close: () => void): ByteReader {
  let problem: { readonly error: unknown } | undefined
  let isOver = false
  let wake = (): void => {}
  stream.on('readable', () => wake())
  stream.on('end', () => {
    isOver = true
    wake()
  })
  stream.on('error', (error) => {
    problem ??= { error }
    wake()
  })
  stream.on('close', () => {
    isOver = true
    wake()
  })
  return {
    isPrompt: false,
    read: async (room) => {
      for (;;) {
        const piece = stream.read() as Buffer | null
        if (piece !== null) {
          room(piece.length).set(piece)
          return piece.length
        }
        if (problem !== undefined) throw failed(problem.error)
        if (isOver) return 0
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    close: async () => {
      close()
      stream.destroy()
    },
  }
}
