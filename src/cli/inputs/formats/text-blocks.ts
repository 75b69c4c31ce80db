import { isUtf8 } from 'node:buffer'

import { inputError } from '../../command-error.ts'

/** Longer lines, in bytes, mean that a file is not text. */
const LONGEST = 2 ** 28

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/** Marks bytes that are not UTF-8: half of a surrogate pair, which UTF-8 cannot contain. */
export const NO_TEXT = '\uDC80'

/** Decodes bytes as they come into blocks of whole lines, or other records. */
export class TextBlocks {
  readonly #separator: number
  readonly #name: string
  /** The pieces of a record that has not ended. */
  #rest: Uint8Array[] = []
  #restLength = 0
  #isFirst = true

  constructor(separator: '\n' | '\0', name: string) {
    this.#separator = separator.charCodeAt(0)
    this.#name = name
  }

  /** Returns the records that are complete now, with their separators; empty if there are none. */
  push(chunk: Uint8Array): string {
    const end = chunk.lastIndexOf(this.#separator) + 1
    if (end === 0) {
      this.#keep(chunk)
      return ''
    }
    const bytes = this.#rest.length === 0 ? chunk.subarray(0, end) : this.#joined(chunk.subarray(0, end))
    this.#rest = []
    this.#restLength = 0
    if (end < chunk.length) this.#keep(chunk.subarray(end))
    return this.#decode(bytes)
  }

  /** Returns the rest, which has no separator. */
  end(): string {
    const bytes = this.#joined()
    this.#rest = []
    return this.#decode(bytes)
  }

  #keep(bytes: Uint8Array): void {
    this.#restLength += bytes.length
    if (this.#restLength > LONGEST)
      throw inputError(`${this.#name} holds a line of more than ${LONGEST / 2 ** 20} MiB: is it text?`)
    this.#rest.push(bytes)
  }

  #joined(...more: Uint8Array[]): Uint8Array {
    return Buffer.concat([...this.#rest, ...more])
  }

  #decode(bytes: Uint8Array): string {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const hasMark = this.#isFirst && all.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    if (all.length > 0) this.#isFirst = false
    const text = hasMark ? all.subarray(BYTE_ORDER_MARK.length) : all
    return isUtf8(text) ? text.toString() : this.#decodeEach(text)
  }

  #decodeEach(bytes: Buffer): string {
    let text = ''
    for (let start = 0, end = 0; start < bytes.length; start = end) {
      end = bytes.indexOf(this.#separator, start) + 1 || bytes.length
      const line = bytes.subarray(start, end)
      text += isUtf8(line) ? line.toString() : line.toString().replaceAll('\uFFFD', NO_TEXT)
    }
    return text
  }
}
