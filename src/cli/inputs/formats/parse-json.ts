import { isUtf8 } from 'node:buffer'

import { usageError } from '../../command-error.ts'

/** A file of more bytes is not read as a whole. */
const LARGEST = 2 ** 28

/** The inputs in JSON, all of which must be there before it can be read: the values of an array, or the one other value. */
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
      throw usageError(
        `${name} is too large for JSON, which must be read as a whole: it may have ${LARGEST / 2 ** 20} MiB. ` +
          'JSON Lines, with a value a line, may have any size.',
      )
    }
    read.push(chunk)
  }
  const bytes = Buffer.concat(read)
  if (!isUtf8(bytes)) throw usageError(`${name} is not UTF-8, as JSON must be`)
  return bytes.toString().replace(/^\uFEFF/, '')
}

function valueOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const position = /\bposition (\d+)/.exec(message)
    const place = position === null ? name : `${name}:${text.slice(0, Number(position[1])).split('\n').length}`
    throw usageError(`${place} is not JSON: ${message}`)
  }
}
