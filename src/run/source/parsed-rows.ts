import type { RowSupply } from '../../rows/row-supply.ts'
import { UnreadableRow } from '../../rows/unreadable-row.ts'
import { ReadBlock } from './read-block.ts'

/** Takes the place of a row that cannot be read among inputs that are parsed here. */
export class UnreadableInput {
  readonly position: string
  readonly reason: string
  readonly text: unknown

  constructor(position: string, reason: string, text: unknown) {
    this.position = position
    this.reason = reason
    this.text = text
  }
}

/** Parses rows here, for runs whose workers do not: with a cache, and on other machines. */
export async function* parsedRows(rows: RowSupply): AsyncGenerator<unknown, void, undefined> {
  let first = 0
  for await (const raw of rows.blocks()) {
    const block = new ReadBlock(raw, first)
    first += block.length
    for (let row = 0; row < block.length; row++) yield parsed(block, row)
  }
}

function parsed(block: ReadBlock, row: number): unknown {
  try {
    return block.parse(row)
  } catch (error) {
    if (UnreadableRow.is(error)) return new UnreadableInput(block.position(row), error.message, block.input(row))
    throw error
  }
}
