import { DataFileError } from '../errors/file-errors.ts'
import { rowParser } from './parse/row-parser.ts'
import type { RowBlock } from './row-block.ts'
import { UnreadableRow } from './unreadable-row.ts'

/**
 * Rows that can be read as bytes, block by block. As the inputs of `map` they are parsed in the workers; read in a loop
 * they are parsed here.
 */
export abstract class RowSupply<T = unknown> implements AsyncIterable<T> {
  /** Reads the rows once, in order. Blocks hold at least one row. Throws if a file cannot be read. */
  abstract blocks(): AsyncGenerator<RowBlock, void, undefined>

  /** The number of rows, those that cannot be read included; undefined if that is not known. */
  abstract count(): number | undefined

  /**
   * Reads the rows once as blocks of format `parquet`, if each file allows it, for workers that have the same files.
   * Undefined if no file does.
   */
  storedBlocks(): AsyncGenerator<RowBlock, void, undefined> | undefined {
    return undefined
  }

  /**
   * Reads the rows as values.
   *
   * @throws {DataFileError} if a file, or a row, cannot be read.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined, undefined> {
    for await (const block of this.blocks()) yield* rowsOf(block) as Generator<T, void, undefined>
    return undefined
  }
}

/** Parses the rows of a block. */
function* rowsOf(block: RowBlock): Generator<unknown, void, undefined> {
  const { format, bytes, bounds, name } = block
  const parse = rowParser(format, bytes)
  for (let row = 0; row < bounds.length / 2; row++) {
    try {
      yield parse(bounds[2 * row] as number, bounds[2 * row + 1] as number)
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error
      const line = block.lineOf(row)
      throw new DataFileError(name, `${name}:${line}: ${error.message}`, { line })
    }
  }
}
