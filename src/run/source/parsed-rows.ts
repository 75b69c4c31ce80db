import type { RowBlock } from '../../rows/row-block.ts'
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

/** Takes the place of a row that is left out. */
const LEFT_OUT = Symbol('left out')

/** The rows of a block that are left out. */
export interface LeftOutRows {
  /** A 1 for each row that is; undefined if none is. */
  readonly mask: Uint8Array | undefined
  /** The error that was thrown instead of an answer, and the row it was asked for: the run ends before that row. */
  readonly failed?: { readonly row: number; readonly thrown: unknown } | undefined
}

/** Tells which rows of a block are left out. Asked once for each block, in order. */
export type LeavesOut = (block: ReadBlock, raw: RowBlock) => LeftOutRows

/**
 * Parses rows here, for runs whose workers do not: with a cache, and on other machines. Rows that are left out have a
 * stand-in that `isLeftOut` knows.
 */
export async function* parsedRows(
  rows: RowSupply,
  leavesOut: LeavesOut | undefined,
): AsyncGenerator<unknown, void, undefined> {
  let first = 0
  for await (const raw of rows.blocks()) {
    const block = new ReadBlock(raw, first)
    first += block.length
    const { mask, failed } = leavesOut?.(block, raw) ?? {}
    const end = failed?.row ?? block.length
    for (let row = 0; row < end; row++) yield mask?.[row] === 1 ? LEFT_OUT : parsed(block, row)
    if (failed !== undefined) throw failed.thrown
  }
}

/** True for the stand-in of a row that is left out. */
export function isLeftOut(input: unknown): boolean {
  return input === LEFT_OUT
}

function parsed(block: ReadBlock, row: number): unknown {
  try {
    return block.parse(row)
  } catch (error) {
    if (UnreadableRow.is(error)) return new UnreadableInput(block.position(row), error.message, block.input(row))
    throw error
  }
}
