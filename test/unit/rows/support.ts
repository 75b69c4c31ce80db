import { RowCutter, type RowFormatName } from '#manyhands/rows/cut/row-cutter.js'
import { rowParser } from '#manyhands/rows/parse/row-parser.js'
import { type RowBlock, rowCount } from '#manyhands/rows/row-block.js'
import { UnreadableRow } from '#manyhands/rows/unreadable-row.js'

/** The blocks that a cutter makes of pieces. */
export function cut(format: RowFormatName, pieces: Iterable<Uint8Array>): RowBlock[] {
  const cutter = new RowCutter(format, 'in')
  const blocks: RowBlock[] = []
  const add = (block: RowBlock | undefined): void => {
    if (block !== undefined) blocks.push(block)
  }
  for (const piece of pieces) {
    cutter.room(piece.length).set(piece)
    add(cutter.take(piece.length))
  }
  add(cutter.end())
  return blocks
}

/** The values of the rows; `in:17: reason` in place of those that cannot be read. */
export function valuesIn(blocks: readonly RowBlock[]): unknown[] {
  return blocks.flatMap((block) => {
    const parse = rowParser(block.format, block.bytes)
    return Array.from({ length: rowCount(block) }, (_, row) => {
      try {
        return parse(block.bounds[2 * row] as number, block.bounds[2 * row + 1] as number)
      } catch (error) {
        if (!(error instanceof UnreadableRow)) throw error
        return `in:${block.lineOf(row)}: ${error.message}`
      }
    })
  })
}

/** All ways to cut bytes in two, and every byte alone. */
export function* waysToCut(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
}

export async function* piecesOf<T>(...pieces: T[]): AsyncGenerator<T, void, undefined> {
  yield* pieces
}
