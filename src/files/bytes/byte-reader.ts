import { type FileHandle, open } from 'node:fs/promises'

import { cannotRead } from '../cannot-read.ts'
import { type PlaceOf, placesIn } from './place-in-file.ts'

/** Bytes read at a time. */
const PIECE = 2 ** 20

/** Gives bytes to read into: `size` at least. */
export type Room = (size: number) => Buffer

/** Reads bytes from their beginning to their end. */
export interface ByteReader {
  /** True if reads end soon by themselves, so that the next one may begin before its bytes are wanted. */
  readonly isPrompt: boolean
  /** Reads some bytes into the room. Resolves to their number, 0 at the end. */
  read(room: Room): Promise<number>
  /** Tells where the bytes that were read stand in a file, if they stand there as they are. */
  readonly placeOf?: PlaceOf | undefined
  /** Lets go of what is read from, wherever that is. */
  close(): Promise<void>
}

/** Opens a file that is no pipe. `name`: what the user calls it. */
export async function openFileReader(path: string, name: string): Promise<ByteReader> {
  const handle = await open(path).catch((error: unknown) => Promise.reject(cannotRead(name, error)))
  const placeOf = await placesIn(handle, path)
  let position = 0
  return {
    isPrompt: true,
    placeOf,
    read: async (room) => {
      const { bytesRead } = await readAt(handle, room(PIECE), position, name)
      position += bytesRead
      return bytesRead
    },
    close: () => handle.close(),
  }
}

async function readAt(file: FileHandle, into: Buffer, position: number, name: string): Promise<{ bytesRead: number }> {
  try {
    return await file.read(into, 0, into.length, position)
  } catch (error) {
    throw cannotRead(name, error)
  }
}

/** Reads what a stream, or anything else, gives piece by piece. Errors are passed on as they are. */
export function readerOf(pieces: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = pieces[Symbol.asyncIterator]()
  return {
    isPrompt: false,
    read: async (room) => {
      for (;;) {
        const { done, value } = await iterator.next()
        if (done === true) return 0
        if (value.length === 0) continue
        room(value.length).set(value)
        return value.length
      }
    },
    close: async () => {
      await iterator.return?.()
    },
  }
}

/** Reads stdin to its end, or until no more is wanted. */
export async function* readStdin(): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* process.stdin as AsyncIterable<Uint8Array>
  } catch (error) {
    // Closed on purpose, because the run ends.
    if (process.stdin.destroyed && (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw cannotRead('stdin', error)
  }
}
