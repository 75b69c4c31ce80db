import { isUtf8 } from 'node:buffer'

import { indexOfLongInteger, inexactNumber } from '../rows/parse/exact-numbers.ts'
import { type RowBlock, rowCount } from '../rows/row-block.ts'

/** Warns the user of something odd in a file. */
export type Warn = (message: string) => void

/** Rows with many digits that are no such number, after which no more are looked at: digits are common there. */
const ENOUGH = 1_000
/** Blocks in which numbers with exponents are looked for: unlike long integers these cannot be found at no cost. */
const FIRST_BLOCKS = 2

const OUT_OF_RANGE = /[0-9][eE]\+?[3-9][0-9]{2}/g

/** Looks at the blocks of a file, and warns once of text that is not UTF-8, and once of numbers that are not kept. */
export class BlockCheck {
  readonly #warn: Warn
  #checksText = true
  #checksNumbers = true
  #lookedAt = 0
  #blocks = 0

  constructor(warn: Warn) {
    this.#warn = warn
  }

  look(block: RowBlock): void {
    const { format } = block
    if (format.kind === 'lines') this.#checkText(block)
    else if (format.kind === 'jsonl' && format.exactNumbers !== true && this.#checksNumbers) this.#checkNumbers(block)
  }

  /** Rows of other formats fail. */
  #checkText({ name, bytes }: RowBlock): void {
    if (!this.#checksText || isUtf8(bytes)) return
    this.#checksText = false
    this.#warn(`${name} holds bytes that are not UTF-8: they arrive as "\uFFFD"`)
  }

  #checkNumbers(block: RowBlock): void {
    const { bytes } = block
    if (this.#blocks++ < FIRST_BLOCKS)
      for (const { index } of bytes.toString('latin1').matchAll(OUT_OF_RANGE))
        if (this.#checkRow(block, index) === undefined) return
    for (let at = indexOfLongInteger(bytes, 0); at >= 0;) {
      const end = this.#checkRow(block, at)
      if (end === undefined) return
      at = indexOfLongInteger(bytes, end)
    }
  }

  /** Looks at the row with the byte at an offset. Returns where it ends; undefined if nothing more is looked for. */
  #checkRow(block: RowBlock, offset: number): number | undefined {
    const row = rowAt(block, offset)
    const [start, end] = [block.bounds[2 * row] as number, block.bounds[2 * row + 1] as number]
    const number = inexactNumber(block.bytes.toString('utf8', start, end))
    this.#checksNumbers = number === undefined && ++this.#lookedAt < ENOUGH
    if (number !== undefined) this.#warn(inexactWarning(`${block.name}:${block.lineOf(row)}`, number))
    return this.#checksNumbers ? end : undefined
  }
}

/** Says that a number is not kept as it is written. */
export function inexactWarning(place: string, number: string): string {
  return (
    `${place} holds ${number}, which becomes ${Number(number)} as a number; --numbers exact, ` +
    "or the option numbers: 'exact', keeps such numbers"
  )
}

/** Finds the row that an offset lies in. */
function rowAt(block: RowBlock, offset: number): number {
  let low = 0
  let high = rowCount(block) - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((block.bounds[2 * middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
