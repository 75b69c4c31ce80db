import type { BoundsList } from './bounds-list.ts'
import { NEWLINE, RETURN, type RowScanner } from './row-scanner.ts'

const SPACE = 0x20
const LAST_OF_ASCII = 0x7f

/** Finds rows that are a line each, or end with NUL. `skipsBlank`: lines of white space only are no rows. */
export class LineScanner implements RowScanner {
  readonly separator: number
  line = 1
  readonly #skipsBlank: boolean
  /** The number of bytes at the beginning that hold no separator. */
  #searched = 0

  constructor(separator: '\n' | '\0', skipsBlank: boolean) {
    this.separator = separator.charCodeAt(0)
    this.#skipsBlank = skipsBlank
  }

  scan(bytes: Buffer, from: number, isLast: boolean, rows: BoundsList): number {
    const { separator } = this
    const skipsBlank = this.#skipsBlank
    const hasReturns = separator === NEWLINE
    let start = from
    let lines = 0
    for (
      let next = bytes.indexOf(separator, Math.max(from, this.#searched));
      ;
      next = bytes.indexOf(separator, start)
    ) {
      if (next < 0 && (!isLast || start === bytes.length)) break
      const lineEnd = next < 0 ? bytes.length : next
      const end = hasReturns && lineEnd > start && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd
      if (!skipsBlank || !isBlank(bytes, start, end)) rows.push(start, end)
      start = next < 0 ? bytes.length : next + 1
      lines++
    }
    this.line += lines
    this.#searched = bytes.length - start
    return start
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  if (start === end) return true
  const first = bytes[start] as number
  // Spaces outside of ASCII are spaces, too.
  return (first <= SPACE || first > LAST_OF_ASCII) && bytes.toString('utf8', start, end).trim() === ''
}
