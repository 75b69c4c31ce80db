import { isUtf8 } from 'node:buffer'

import type { RowBlock } from '../rows/row-block.ts'
import type { RowCutter } from '../rows/row-cutter.ts'
import type { ByteReader } from './byte-reader.ts'

/** Warns the user of something odd in a file. */
export type Warn = (message: string) => void

/** Reads one file or stream as blocks of rows, once. */
export class BlockReader {
  readonly #name: string
  readonly #bytes: ByteReader
  readonly #cutter: RowCutter
  /** Absent once it was called. */
  #warn: Warn | undefined
  /** Blocks that were read to find the header. */
  #begun: RowBlock[] = []
  #isEnd = false
  /** The read that is under way. */
  #reading: Promise<number> | undefined

  constructor(name: string, bytes: ByteReader, cutter: RowCutter, warn: Warn | undefined) {
    this.#name = name
    this.#bytes = bytes
    this.#cutter = cutter
    this.#warn = warn
  }

  /**
   * Reads up to the first row, so that errors before it are known.
   *
   * @throws {DataFileError} if the header cannot be read.
   */
  async begin(): Promise<void> {
    while (!this.#cutter.hasBegun && !this.#isEnd) {
      const block = await this.#next()
      if (block !== undefined) this.#begun.push(block)
    }
  }

  /** Reads all blocks, and closes the file. To break off closes it, too. */
  async *blocks(): AsyncGenerator<RowBlock, void, undefined> {
    try {
      yield* this.#begun.splice(0)
      while (!this.#isEnd) {
        const block = await this.#next()
        if (block !== undefined) yield block
      }
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    await this.#reading?.catch(() => {})
    await this.#bytes.close()
  }

  async #next(): Promise<RowBlock | undefined> {
    const length = await (this.#reading ?? this.#read())
    this.#reading = undefined
    this.#isEnd = length === 0
    const block = this.#isEnd ? this.#cutter.end() : this.#cutter.take(length)
    if (!this.#isEnd && this.#bytes.isPrompt) {
      this.#reading = this.#read()
      // Thrown by the next call.
      this.#reading.catch(() => {})
    }
    if (block !== undefined && this.#warn !== undefined) this.#check(block, this.#warn)
    return block
  }

  #read(): Promise<number> {
    return this.#bytes.read((size) => this.#cutter.room(size))
  }

  #check({ format, bytes }: RowBlock, warn: Warn): void {
    // Rows of other formats fail.
    if (format.kind !== 'lines' || isUtf8(bytes)) return
    this.#warn = undefined
    warn(`${this.#name} holds bytes that are not UTF-8: they arrive as "\uFFFD"`)
  }
}
