import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** To count the lines of larger files takes longer than it is worth. */
const LARGEST = 2 ** 26
const NEWLINE = 0x0a
const SPACE = 0x20

/** How many lines a file holds; undefined where that is not known without reading it as the inputs that it is. */
export async function countLines(path: string, countsBlank: boolean): Promise<number | undefined> {
  const stats = await stat(path)
  // What a pipe holds can be read only once.
  if (!stats.isFile() || stats.size > LARGEST) return undefined
  let count = 0
  /** The line that has begun is one that counts. */
  let counts = false
  const hasText = (chunk: Buffer, start: number, end: number): boolean =>
    countsBlank ? end > start : chunk.subarray(start, end).some((byte) => byte > SPACE)
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (countsBlank || counts || hasText(chunk, start, end)) count++
      counts = false
      start = end + 1
    }
    counts ||= hasText(chunk, start, chunk.length)
  }
  return counts ? count + 1 : count
}
