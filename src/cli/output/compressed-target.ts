import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

import { type Compression, encoderFor } from '../../files/compression.ts'
import type { LineTarget } from './line-target.ts'

type Compress = (bytes: Uint8Array) => Promise<Uint8Array>

/** Compresses lines on their way to a file, off this thread. */
export function compressedTarget(
  file: LineTarget,
  compression: Compression,
  onError: (error: Error) => void,
): LineTarget {
  if (compression === 'none') return file
  if (compression === 'brotli') return brotliTarget(file, onError)
  return memberTarget(
    file,
    compression === 'gzip' ? promisify<Uint8Array, Uint8Array>(zlib.gzip) : zstdCompress(),
    onError,
  )
}

/**
 * Compresses each piece by itself: the file can be cut behind any of them, and more be added. All lines of a piece end
 * where it does.
 */
function memberTarget(file: LineTarget, compress: Compress, onError: (error: Error) => void): LineTarget {
  return {
    write: async (lines, written) => {
      try {
        const member = await compress(Buffer.concat(lines))
        await file.write([member], (endInFile) => written(endInFile && (() => endInFile(member.length))))
      } catch (error) {
        onError(error as Error)
      }
    },
    close: (failedToStart) => file.close(failedToStart),
  }
}

/** @throws {UnsupportedError} before Node 22.15. */
function zstdCompress(): Compress {
  encoderFor('zstd')?.destroy()
  const { zstdCompress: compress } = zlib as unknown as { readonly zstdCompress: typeof zlib.gzip }
  return promisify<Uint8Array, Uint8Array>(compress)
}

/** Compresses all pieces as one stream, which is flushed behind each. Nothing can be added to the file. */
function brotliTarget(file: LineTarget, onError: (error: Error) => void): LineTarget {
  const encoder = encoderFor('brotli') as zlib.BrotliCompress
  let output: Buffer[] = []
  encoder.on('data', (piece: Buffer) => output.push(piece))
  encoder.on('error', onError)
  const take = (): Buffer => {
    const bytes = Buffer.concat(output)
    output = []
    return bytes
  }
  return {
    write: async (lines, written) => {
      encoder.write(Buffer.concat(lines))
      await new Promise<void>((resolve) => encoder.flush(zlib.constants.BROTLI_OPERATION_FLUSH, resolve))
      await file.write([take()], () => written())
    },
    close: async (failedToStart) => {
      if (!failedToStart) {
        await new Promise<void>((resolve) => encoder.once('end', resolve).end())
        await file.write([take()], () => {})
      }
      encoder.destroy()
      await file.close(failedToStart)
    },
  }
}
