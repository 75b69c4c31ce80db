import { isUtf8 } from 'node:buffer'

import { DataFileError } from '../errors/file-errors.ts'
import { BoundsList } from '../rows/cut/bounds-list.ts'
import { addElements } from '../rows/cut/json-elements.ts'
import { LineNumbers } from '../rows/cut/line-numbers.ts'
import { inexactNumber } from '../rows/parse/exact-numbers.ts'
import type { RowBlock } from '../rows/row-block.ts'
import { partOf } from '../rows/row-range.ts'
import { inexactWarning, type Warn } from './block-check.ts'
import type { ByteReader } from './bytes/byte-reader.ts'
import type { RowFile } from './row-files.ts'

/** Larger files, in bytes, are refused. */
const LARGEST = 2 ** 28
/** Rows in a block. */
const BLOCK = 4_096

const NEWLINE = 0x0a
const MARK = Buffer.from('\uFEFF')

/**
 * Reads JSON, which has to be read as a whole: the values of an array are the rows, any other value is one row.
 *
 * @throws {DataFileError} if it is too large, or not JSON.
 */
export async function openJson(reader: ByteReader, name: string, exactNumbers: boolean, warn: Warn): Promise<RowFile> {
  const json = await readWhole(reader, name)
  check(json, name, exactNumbers, warn)
  const list = new BoundsList()
  addElements(json, list)
  const bounds = list.take()
  const numbers = new LineNumbers(json, NEWLINE, bounds, 1)
  const all: RowBlock = {
    format: exactNumbers ? { kind: 'jsonl', exactNumbers } : { kind: 'jsonl' },
    name,
    bytes: json,
    bounds,
    lineOf: (row) => numbers.lineOf(row),
  }
  const count = bounds.length / 2
  return {
    async *blocks() {
      for (let start = 0; start < count; start += BLOCK) yield partOf(all, start, Math.min(start + BLOCK, count))
    },
    count,
  }
}

async function readWhole(reader: ByteReader, name: string): Promise<Buffer> {
  const read: Buffer[] = []
  try {
    for (let length = 0, last = 1; last > 0;) {
      let memory: Buffer = Buffer.alloc(0)
      last = await reader.read((size) => (memory = Buffer.allocUnsafeSlow(size)))
      length += last
      if (length > LARGEST) throw tooLarge(name)
      read.push(memory.subarray(0, last))
    }
  } finally {
    await reader.close()
  }
  const bytes = Buffer.concat(read)
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes
}

function tooLarge(name: string): DataFileError {
  return new DataFileError(
    name,
    `${name} is too large for JSON, which is read as a whole: expected at most ${LARGEST / 2 ** 20} MiB. ` +
      'JSON Lines, with a value a line, may have any size.',
  )
}

function check(json: Buffer, name: string, exactNumbers: boolean, warn: Warn): void {
  if (!isUtf8(json)) throw new DataFileError(name, `${name} is not UTF-8, as JSON must be`)
  const text = json.toString()
  try {
    JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const match = /\bposition (\d+)/.exec(message)
    const line = match === null ? undefined : text.slice(0, Number(match[1])).split('\n').length
    const position = line === undefined ? name : `${name}:${line}`
    throw new DataFileError(name, `${position} is not JSON: ${message}`, line === undefined ? {} : { line })
  }
  const inexact = exactNumbers ? undefined : inexactNumber(text)
  if (inexact !== undefined) warn(inexactWarning(name, inexact))
}
