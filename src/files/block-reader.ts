import type { RowCutter } from '../rows/cut/row-cutter.ts'
import type { RowBlock } from '../rows/row-block.ts'
import type { BlockCheck } from './block-check.ts'
import type { ByteReader } from './bytes/byte-reader.ts'

/** Reads one file or stream as blocks of rows, once. */
export class BlockReader {
  readonly #bytes: ByteReader
  readonly #cutter: RowCutter
  readonly #check: BlockCheck | undefined
  /** Blocks that were read to find the header. */
  #begun: RowBlock[] = []
  #isEnd = false
  /** The read that is under way. */
  #reading: Promise<number> | undefined

  constructor(bytes: ByteReader, cutter: RowCutter, check?: BlockCheck) {
    this.#bytes = bytes
    this.#cutter = cutter
    this.#check = check
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
    if (block === undefined) return undefined
    this.#check?.look(block)
    const place = this.#bytes.placeOf?.(this.#cutter.offset)
    return place === undefined ? block : { ...block, place }
  }

  #read(): Promise<number> {
    return this.#bytes.read((size) => this.#cutter.room(size))
  }
}
