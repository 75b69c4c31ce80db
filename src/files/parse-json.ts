import { isUtf8 } from 'node:buffer'

import { DataFileError } from '../errors/file-errors.ts'
import { inexactNumber, parseExactly } from '../rows/exact-numbers.ts'
import { inexactWarning, type Warn } from './block-check.ts'
import type { ByteReader } from './byte-reader.ts'

/** Larger files, in bytes, are refused. */
const LARGEST = 2 ** 28

/** Parses JSON, which has to be read as a whole: the values of an array are the inputs, any other value is one input. */
export async function parseJson(
  bytes: ByteReader,
  name: string,
  exactNumbers: boolean,
  warn: Warn,
): Promise<readonly unknown[]> {
  const text = await textOf(bytes, name)
  const value = valueOf(text, name, exactNumbers ? parseExactly : JSON.parse)
  const inexact = exactNumbers ? undefined : inexactNumber(text)
  if (inexact !== undefined) warn(inexactWarning(name, inexact))
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

async function textOf(reader: ByteReader, name: string): Promise<string> {
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
  if (!isUtf8(bytes)) throw new DataFileError(name, `${name} is not UTF-8, as JSON must be`)
  return bytes.toString().replace(/^\uFEFF/, '')
}

function tooLarge(name: string): DataFileError {
  return new DataFileError(
    name,
    `${name} is too large for JSON, which is read as a whole: expected at most ${LARGEST / 2 ** 20} MiB. ` +
      'JSON Lines, with a value a line, may have any size.',
  )
}

function valueOf(text: string, name: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text)
  } catch (error) {
    const { message } = error as Error
    const match = /\bposition (\d+)/.exec(message)
    const line = match === null ? undefined : text.slice(0, Number(match[1])).split('\n').length
    const position = line === undefined ? name : `${name}:${line}`
    throw new DataFileError(name, `${position} is not JSON: ${message}`, line === undefined ? {} : { line })
  }
}
