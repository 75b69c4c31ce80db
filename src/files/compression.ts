import { extname } from 'node:path'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'

import { UnsupportedError } from '../errors/argument-errors.ts'

/** The ways in which a data file may be compressed. */
export const COMPRESSIONS = ['none', 'gzip', 'zstd', 'brotli'] as const

/** A way to compress a file. `zstd` needs Node 22.15 or later. */
export type Compression = (typeof COMPRESSIONS)[number]

const BY_EXTENSION: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.zst': 'zstd', '.br': 'brotli' }

/**
 * Bytes that a decoder gives, or an encoder takes, at a time: each time costs this thread a callback, while zlib works in a
 * thread of its own.
 */
const PIECE = 2 ** 20

const OPTIONS = { chunkSize: PIECE, readableHighWaterMark: PIECE, writableHighWaterMark: PIECE } as const

/** The quality of Brotli: Node's default, 11, takes a hundred times as long for a tenth less. */
const BROTLI_QUALITY = 5

/** Newer versions of Node have Zstandard. */
interface MaybeZstd {
  readonly createZstdDecompress?: (options: object) => Transform
  readonly createZstdCompress?: (options: object) => Transform
}

/** Returns how a file is compressed by the end of its name. */
export function compressionOf(path: string): Compression {
  return BY_EXTENSION[extname(path).toLowerCase()] ?? 'none'
}

/** Returns a name without the extension that tells how it is compressed. */
export function withoutCompression(path: string): string {
  return compressionOf(path) === 'none' ? path : path.slice(0, -extname(path).length)
}

/**
 * Makes the stream that turns compressed bytes into what they were; undefined for `none`. It works off this thread.
 *
 * @throws {UnsupportedError} for Zstandard before Node 22.15.
 */
export function decoderFor(compression: Compression): Transform | undefined {
  if (compression === 'none') return undefined
  if (compression === 'gzip') return zlib.createGunzip(OPTIONS)
  if (compression === 'brotli') return zlib.createBrotliDecompress(OPTIONS)
  return zstd('createZstdDecompress')(OPTIONS)
}

/**
 * Makes the stream that compresses bytes; undefined for `none`. It works off this thread.
 *
 * @throws {UnsupportedError} for Zstandard before Node 22.15.
 */
export function encoderFor(compression: Compression): Transform | undefined {
  if (compression === 'none') return undefined
  if (compression === 'gzip') return zlib.createGzip(OPTIONS)
  if (compression === 'brotli')
    return zlib.createBrotliCompress({ ...OPTIONS, params: { [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
  return zstd('createZstdCompress')(OPTIONS)
}

/** @throws {UnsupportedError} if this Node cannot read and write files that are compressed so. */
export function checkCompression(compression: Compression): void {
  if (compression === 'zstd') zstd('createZstdDecompress')
}

function zstd(name: keyof MaybeZstd): (options: object) => Transform {
  const make = (zlib as MaybeZstd)[name]
  if (make === undefined)
    throw new UnsupportedError(`files that end in .zst need Node 22.15 or later; this is ${process.versions.node}`)
  return make
}
