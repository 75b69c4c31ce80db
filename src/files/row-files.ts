import type { RowBlock } from '../rows/row-block.ts'
import { RowSupply } from '../rows/row-supply.ts'

/** The rows of one file or stream. */
export interface RowFile {
  /** Reads its rows, in blocks; a pipe can be read only once. To break off closes it. */
  readonly blocks: () => AsyncGenerator<RowBlock, void, undefined>
  /** Reads them as blocks of format `parquet`; absent if this file has other rows. */
  readonly storedBlocks?: (() => AsyncGenerator<RowBlock, void, undefined>) | undefined
  /** Their number, if it is known before they are read. */
  readonly count: number | undefined
}

/** The rows of several files, one after the other. A file is opened when the one before it has been read. */
export class RowFiles<T = unknown> extends RowSupply<T> {
  readonly #files: readonly RowFile[]

  constructor(files: readonly RowFile[]) {
    super()
    this.#files = files
  }

  async *blocks(): AsyncGenerator<RowBlock, void, undefined> {
    for (const file of this.#files) yield* file.blocks()
  }

  override storedBlocks(): AsyncGenerator<RowBlock, void, undefined> | undefined {
    return this.#files.some(({ storedBlocks }) => storedBlocks !== undefined) ? this.#stored() : undefined
  }

  count(): number | undefined {
    const all = this.#files.reduce((sum, { count }) => sum + (count ?? Number.NaN), 0)
    return Number.isNaN(all) ? undefined : all
  }

  async *#stored(): AsyncGenerator<RowBlock, void, undefined> {
    for (const file of this.#files) yield* (file.storedBlocks ?? file.blocks)()
  }
}
