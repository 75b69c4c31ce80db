import type { RowBlock } from './row-block.ts'

/**
 * Rows that can be read as bytes, block by block. As the inputs of `map` they are parsed in the workers; read in a loop
 * they are parsed here.
 */
export abstract class RowSupply<T = unknown> implements AsyncIterable<T> {
  /** Reads the rows once, in order. Blocks hold at least one row. Throws if a file cannot be read. */
  abstract blocks(): AsyncGenerator<RowBlock, void, undefined>

  /** The number of rows, those that cannot be read included; undefined if that is not known. */
  abstract count(): number | undefined

  abstract [Symbol.asyncIterator](): AsyncIterator<T, undefined>
}
