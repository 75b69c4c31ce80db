import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable, type Transform } from 'node:stream'

import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { cannotRead } from '../cannot-read.ts'
import { type Compression, decoderFor } from '../compression.ts'
import { type ByteReader, openFileReader, readerOf } from './byte-reader.ts'
import { decodingReader } from './decoding-reader.ts'
import { unzstd } from './unzstd.ts'
import { readUtf16 } from './utf16.ts'

/** Bytes read from a pipe at a time, at most. */
const PIPE_PIECE = 2 ** 16
/** The same for a compressed file: each costs this thread a turn. */
const COMPRESSED_PIECE = 2 ** 19

/**
 * Opens a file, or a pipe, as bytes: decompressed, off this thread, and as UTF-8.
 *
 * @throws {DataFileError} if it cannot be opened.
 * @throws {UnsupportedError} if this Node cannot decompress it.
 */
export async function openBytes(path: string, compression: Compression): Promise<ByteReader> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    (error: unknown) => Promise.reject(cannotRead(path, error)),
  )
  if (compression === 'none' && isFile) return readUtf16(await openFileReader(path, path))
  const piece = isFile ? COMPRESSED_PIECE : PIPE_PIECE
  return openStream(createReadStream(path, { highWaterMark: piece }), path, compression)
}

/**
 * Opens a stream as bytes, likewise. `name`: what the user calls it.
 *
 * @throws {UnsupportedError} if this Node cannot decompress it.
 */
export function openStream(pieces: AsyncIterable<Uint8Array>, name: string, compression: Compression): ByteReader {
  const decoder = decoderFor(compression)
  if (decoder === undefined) return readUtf16(readerOf(readable(pieces, name)))
  const failed = (error: unknown): DataFileError => new DataFileError(name, reasonOf(name, compression, error))
  if (compression === 'zstd') {
    decoder.destroy()
    const makeDecoder = (): Transform => decoderFor(compression) as Transform
    return readUtf16(readerOf(decoded(unzstd(readable(pieces, name), makeDecoder), failed)))
  }
  const source = pieces instanceof Readable ? pieces : Readable.from(pieces)
  return readUtf16(decodingReader(source, decoder, { name, failed, endsEarly: compression === 'brotli' }))
}

async function* decoded(
  pieces: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* pieces
  } catch (error) {
    throw error instanceof DataFileError ? error : failed(error)
  }
}

async function* readable(pieces: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* pieces
  } catch (error) {
    throw error instanceof DataFileError ? error : cannotRead(name, error)
  }
}

function reasonOf(name: string, compression: Compression, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return code === 'Z_BUF_ERROR' || /unexpected end/i.test(messageOf(error))
    ? `${name} is truncated: its ${compression} data ends too early. The rows before that were read`
    : `${name} cannot be decompressed as ${compression}: ${messageOf(error)}`
}
