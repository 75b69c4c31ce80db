import { type RowBlock, type RowContent, rowCount } from './row-block.ts'
import { RowSupply } from './row-supply.ts'

/** Some of the rows of a supply: without the first `skip`, and `limit` at most. Reads no further than needed. */
export class RowRange<T> extends RowSupply<T> {
  readonly #rows: RowSupply<T>
  readonly #skip: number
  readonly #limit: number
  /** The number of rows, once they were read. */
  #count: number | undefined

  constructor(rows: RowSupply<T>, skip: number, limit: number) {
    super()
    this.#rows = rows
    this.#skip = skip
    this.#limit = limit
  }

  blocks(): AsyncGenerator<RowBlock, void, undefined> {
    return this.#rangeOf(this.#rows.blocks())
  }

  override storedBlocks(): AsyncGenerator<RowBlock, void, undefined> | undefined {
    const blocks = this.#rows.storedBlocks()
    return blocks && this.#rangeOf(blocks)
  }

  count(): number | undefined {
    if (this.#count !== undefined) return this.#count
    const all = this.#rows.count()
    return all === undefined ? undefined : Math.min(Math.max(all - this.#skip, 0), this.#limit)
  }

  async *#rangeOf(blocks: AsyncGenerator<RowBlock, void, undefined>): AsyncGenerator<RowBlock, void, undefined> {
    const end = this.#skip + this.#limit
    let read = 0
    if (this.#limit > 0)
      for await (const block of blocks) {
        const first = read
        read += rowCount(block)
        if (read > this.#skip)
          yield partOf(block, Math.max(this.#skip - first, 0), Math.min(end - first, rowCount(block)))
        if (read >= end) break
      }
    this.#count = Math.min(Math.max(read - this.#skip, 0), this.#limit)
  }
}

/** Returns the rows of a block from `start` up to `end`. */
export function partOf(block: RowBlock, start: number, end: number): RowBlock {
  if (start === 0 && end === rowCount(block)) return block
  return {
    ...block,
    bounds: block.bounds.subarray(2 * start, 2 * end),
    lineOf: (row) => block.lineOf(row + start),
    ...(block.content && { content: (row) => (block.content as (row: number) => RowContent)(row + start) }),
  }
}
