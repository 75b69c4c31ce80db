import type { BoundsList } from './bounds-list.ts'
import { countIn } from './line-numbers.ts'
import { NEWLINE, RETURN, type RowScanner } from './row-scanner.ts'

/** A quote that is open for more bytes than this counts as never closed. */
const LONGEST_QUOTED = 2 ** 24
/** A search for a byte that is probably near looks at so many bytes itself, which is quicker than a call of `indexOf`. */
const NEAR = 32

const QUOTE = 0x22

/** A row whose end is not there yet. Offsets are from its beginning. */
interface OpenRow {
  /** The end of its first line. */
  readonly lineEnd: number
  /** The offset from which the search for the closing quote goes on. */
  readonly quoted: number
}

/**
 * Finds the rows of CSV or TSV by RFC 4180, without their fields. A row with broken quotes is its first line, so that it
 * costs one line, and its parser says what is wrong. Empty lines are no rows.
 */
export class DelimitedScanner implements RowScanner {
  readonly separator: number = NEWLINE
  line = 1
  readonly #delimiter: number
  /** The number of bytes at the beginning that hold no newline. */
  #searched = 0
  #open: OpenRow | undefined
  /** The first quote behind the row with quotes that was found last; -1 if there is none. */
  #nextQuote = -1

  constructor(delimiter: ',' | '\t') {
    this.#delimiter = delimiter.charCodeAt(0)
  }

  scan(bytes: Buffer, from: number, isLast: boolean, rows: BoundsList): number {
    let start = from
    let searched = Math.max(start, this.#searched)
    // Most lines hold no quotes, so the next quote is searched for only once.
    let quote = bytes.indexOf(QUOTE, start)
    while (start < bytes.length) {
      const newline = this.#open === undefined ? bytes.indexOf(NEWLINE, searched) : start + this.#open.lineEnd
      if (newline < 0 && !isLast) break
      const lineEnd = newline < 0 ? bytes.length : newline
      if (quote >= 0 && quote < start) quote = bytes.indexOf(QUOTE, start)
      let next = lineEnd + 1
      let lines = 1
      if (quote < 0 || quote > lineEnd) addRow(bytes, start, lineEnd, rows)
      else {
        const end = this.#endOfQuoted(bytes, start, lineEnd, quote, isLast)
        if (end === undefined) break
        addRow(bytes, start, end, rows)
        next = end + 1
        quote = this.#nextQuote
        if (end > lineEnd) lines += countIn(bytes.subarray(lineEnd, end), NEWLINE)
      }
      this.line += lines
      start = searched = next
    }
    const rest = Math.min(start, bytes.length)
    this.#searched = this.#open === undefined ? bytes.length - rest : 0
    return rest
  }

  /** Finds the end of a row with quotes: its newline, or that of its first line if they are broken. Undefined if more bytes are needed. */
  #endOfQuoted(
    bytes: Buffer,
    start: number,
    firstLineEnd: number,
    firstQuote: number,
    isLast: boolean,
  ): number | undefined {
    const open = this.#open
    this.#open = undefined
    let lineEnd = firstLineEnd
    let quote = firstQuote
    let from = open === undefined ? undefined : start + open.quoted
    for (;;) {
      if (from === undefined) {
        if (quote < 0 || quote > lineEnd) {
          this.#nextQuote = quote
          return lineEnd
        }
        // A quote within a field is text.
        if (quote > start && bytes[quote - 1] !== this.#delimiter) {
          quote = find(bytes, QUOTE, quote + 1)
          continue
        }
        from = quote + 1
      }
      const closing = closingQuote(bytes, from)
      const end = closing + 1
      if (!isLast && needsMore(bytes, start, closing)) {
        this.#open = { lineEnd: firstLineEnd - start, quoted: (closing < 0 ? bytes.length : closing) - start }
        return undefined
      }
      if (closing < 0 || closing - start >= LONGEST_QUOTED || !this.#endsField(bytes, end)) {
        this.#nextQuote = bytes.indexOf(QUOTE, firstLineEnd)
        return firstLineEnd
      }
      if (end > lineEnd) {
        const newline = bytes.indexOf(NEWLINE, end)
        if (newline < 0 && !isLast) {
          this.#open = { lineEnd: firstLineEnd - start, quoted: closing - start }
          return undefined
        }
        lineEnd = newline < 0 ? bytes.length : newline
      }
      quote = find(bytes, QUOTE, end)
      from = undefined
    }
  }

  #endsField(bytes: Buffer, at: number): boolean {
    const byte = bytes[at]
    if (byte === RETURN) return at + 1 === bytes.length || bytes[at + 1] === NEWLINE
    return byte === this.#delimiter || byte === NEWLINE || at === bytes.length
  }
}

function addRow(bytes: Buffer, start: number, lineEnd: number, rows: BoundsList): void {
  const end = lineEnd > start && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd
  if (end > start) rows.push(start, end)
}

/** Finds the closing quote; doubled quotes are part of the value. -1 if there is none. */
function closingQuote(bytes: Buffer, from: number): number {
  let at = find(bytes, QUOTE, from)
  while (at >= 0 && bytes[at + 1] === QUOTE) at = find(bytes, QUOTE, at + 2)
  return at
}

/** True if a quote may yet be closed, or if the bytes behind the closing one, which decide what it means, are missing. */
function needsMore(bytes: Buffer, start: number, closing: number): boolean {
  if (closing < 0) return bytes.length - start <= LONGEST_QUOTED
  const end = closing + 1
  return end === bytes.length || (bytes[end] === RETURN && end + 1 === bytes.length)
}

function find(bytes: Buffer, byte: number, from: number): number {
  const near = Math.min(from + NEAR, bytes.length)
  for (let at = from; at < near; at++) if (bytes[at] === byte) return at
  return bytes.indexOf(byte, near)
}
