import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

import type { InputFormat } from './formats/input-format.ts'

/** Larger files, in bytes, are not counted: that would take longer than it is worth. */
const LARGEST = 2 ** 26
const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22

/** Counts inputs in bytes as they come. */
interface Counter {
  readonly push: (chunk: Buffer) => void
  readonly end: () => number
}

/** Counts the inputs in a file; undefined if that would take long. Errors are reported when the file is read. */
export async function countInputs(path: string, format: InputFormat): Promise<number | undefined> {
  try {
    const stats = await stat(path)
    // A pipe can be read only once.
    if (!stats.isFile() || stats.size > LARGEST) return undefined
    const counter = counterFor(format)
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>)
      counter.push(chunk)
    return counter.end()
  } catch {
    return undefined
  }
}

function counterFor(format: InputFormat): Counter {
  if (format === 'csv' || format === 'tsv') return rowCounter(format === 'csv' ? 0x2c : 0x09)
  return recordCounter(format === 'null' ? 0 : NEWLINE, format !== 'jsonl')
}

function recordCounter(separator: number, countsBlank: boolean): Counter {
  let count = 0
  /** True if the record that has begun counts. */
  let counts = false
  const hasText = (chunk: Buffer, start: number, end: number): boolean =>
    countsBlank ? end > start : chunk.subarray(start, end).some((byte) => byte > SPACE)
  const push = (chunk: Buffer): void => {
    let start = 0
    for (let end = chunk.indexOf(separator); end >= 0; end = chunk.indexOf(separator, start)) {
      if (countsBlank || counts || hasText(chunk, start, end)) count++
      counts = false
      start = end + 1
    }
    counts ||= hasText(chunk, start, chunk.length)
  }
  return { push, end: () => (counts ? count + 1 : count) }
}

/** Counts the rows below a header. Rows with broken quotes may make the number wrong. */
function rowCounter(delimiter: number): Counter {
  let count = 0
  let isBlank = true
  let isQuoted = false
  /** True if a quote here opens a field, or continues it after a doubled one. */
  let opens = true
  const take = (byte: number | undefined): void => {
    if (byte === QUOTE && (isQuoted || opens)) {
      isQuoted = !isQuoted
      opens = true
      isBlank = false
    } else if (isQuoted) return
    else if (byte === NEWLINE) {
      if (!isBlank) count++
      isBlank = opens = true
    } else {
      opens = byte === delimiter
      isBlank &&= byte === RETURN
    }
  }
  const push = (chunk: Buffer): void => {
    let at = 0
    // Lines before the first quote are counted by their newlines.
    if (!isQuoted) {
      const quote = chunk.indexOf(QUOTE)
      const last = chunk.lastIndexOf(NEWLINE, quote < 0 ? chunk.length : quote)
      for (let end = chunk.indexOf(NEWLINE); end >= 0 && end <= last; end = chunk.indexOf(NEWLINE, at)) {
        if (!isBlank || end > at + 1 || (end === at + 1 && chunk[at] !== RETURN)) count++
        isBlank = opens = true
        at = end + 1
      }
    }
    for (; at < chunk.length; at++) take(chunk[at])
  }
  return { push, end: () => Math.max(0, (isBlank ? count : count + 1) - 1) }
}
