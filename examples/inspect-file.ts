// What is in a file, and how well does it compress? One row for each file:
//
//   manyhands run examples/inspect-file.ts#inspectFile 'src/**/*.ts' -o rows.jsonl
import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createBrotliCompress } from 'node:zlib'

export interface FileRow {
  readonly path: string
  /** `.ts`; empty where the name has none. */
  readonly extension: string
  readonly bytes: number
  readonly compressedBytes: number
  readonly lines: number
  readonly ms: number
}

const NEWLINE = 0x0a

/** Compresses a file with Brotli and counts its lines, in one pass and little memory, however large it is. */
export async function inspectFile(path: string, quality: number = 5): Promise<FileRow> {
  const start = performance.now()
  const stats = await stat(path)
  // To read a pipe or a device may never end.
  if (!stats.isFile()) throw new Error(`${kindOf(stats)}, not a file`)
  let bytes = 0
  let lines = 0
  let compressedBytes = 0
  let last = NEWLINE
  await pipeline(
    createReadStream(path),
    async function* counted(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length
        lines += newlinesIn(chunk)
        last = chunk.at(-1) ?? last
        yield chunk
      }
    },
    createBrotliCompress({
      params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: stats.size },
    }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) compressedBytes += chunk.length
    },
  )
  if (last !== NEWLINE) lines++
  const ms = Math.round((performance.now() - start) * 10) / 10
  return { path, extension: extname(path).toLowerCase(), bytes, compressedBytes, lines, ms }
}

function newlinesIn(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++
  return count
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}
