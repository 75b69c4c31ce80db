import { isUtf8 } from 'node:buffer'

import { DataFileError } from '../errors/file-errors.ts'

/** Larger files, in bytes, are refused. */
const LARGEST = 2 ** 28

/** Parses JSON, which has to be read as a whole: the values of an array are the inputs, any other value is one input. */
export async function parseJson(chunks: AsyncIterable<Uint8Array>, name: string): Promise<readonly unknown[]> {
  const value = valueOf(await textOf(chunks, name), name)
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

async function textOf(chunks: AsyncIterable<Uint8Array>, name: string): Promise<string> {
  const read: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > LARGEST) {
      throw new DataFileError(
        name,
        `${name} is too large for JSON, which is read as a whole: expected at most ${LARGEST / 2 ** 20} MiB. ` +
          'JSON Lines, with a value a line, may have any size.',
      )
    }
    read.push(chunk)
  }
  const bytes = Buffer.concat(read)
  if (!isUtf8(bytes)) throw new DataFileError(name, `${name} is not UTF-8, as JSON must be`)
  return bytes.toString().replace(/^\uFEFF/, '')
}

function valueOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const match = /\bposition (\d+)/.exec(message)
    const line = match === null ? undefined : text.slice(0, Number(match[1])).split('\n').length
    const position = line === undefined ? name : `${name}:${line}`
    throw new DataFileError(name, `${position} is not JSON: ${message}`, line === undefined ? {} : { line })
  }
}
