import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { cannotRead } from '../cannot-read.ts'
import { type Compression, decoderFor } from '../compression.ts'
import { type ByteReader, openFileReader } from './byte-reader.ts'
import { streamReader } from './stream-reader.ts'
import { readUtf16 } from './utf16.ts'

/** Bytes read from a pipe, or from a compressed file, at a time, at most. */
const PIECE = 2 ** 16

/**
 * Opens a file, or a pipe, as bytes: decompressed, off this thread, and as UTF-8.
 *
 * @throws {DataFileError} if it cannot be opened.
 * @throws {UnsupportedError} if this Node cannot decompress it.
 */
export async function openBytes(path: string, compression: Compression): Promise<ByteReader> {
  const decoder = decoderFor(compression)
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    (error: unknown) => Promise.reject(cannotRead(path, error)),
  )
  if (decoder === undefined && isFile) return readUtf16(await openFileReader(path, path))
  const source = createReadStream(path, { highWaterMark: PIECE })
  if (decoder === undefined)
    return readUtf16(
      streamReader(
        source,
        (error) => cannotRead(path, error),
        () => source.destroy(),
      ),
    )
  let isUnreadable = false
  source.on('error', (error) => {
    isUnreadable = true
    decoder.destroy(error)
  })
  source.pipe(decoder)
  const failed = (error: unknown): DataFileError =>
    isUnreadable ? cannotRead(path, error) : new DataFileError(path, reasonOf(path, compression, error))
  return readUtf16(streamReader(decoder, failed, () => source.destroy()))
}

function reasonOf(path: string, compression: Compression, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return code === 'Z_BUF_ERROR' || /unexpected end/i.test(messageOf(error))
    ? `${path} is truncated: its ${compression} data ends too early. The rows before that were read`
    : `${path} cannot be decompressed as ${compression}: ${messageOf(error)}`
}
