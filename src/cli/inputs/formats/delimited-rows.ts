import { NO_TEXT } from './text-blocks.ts'

/** A quote that is open for more characters than this counts as never closed. */
const LONGEST_QUOTED = 2 ** 24

const NEWLINE = 0x0a
const RETURN = 0x0d
const QUOTE = 0x22

/** Takes a row: its fields, the number of its first line, and what is wrong with it. */
type TakeRow = (fields: readonly string[], line: number, problem: string | undefined) => void

/** A row of which a part has been read. */
interface RowSoFar {
  readonly fields: string[]
  /** The position at which the next field begins. */
  field: number
  /** The position from which to search for the closing quote of that field, if its quotes are open. */
  quoted: number | undefined
  /** The number of newlines within quotes. */
  newlines: number
}

/**
 * Splits CSV or TSV into rows by RFC 4180, from blocks of whole lines. Quotes count only at the beginning of a field. A
 * row with broken quotes costs one line: reading continues with the next one.
 */
export class DelimitedRows {
  readonly #delimiter: string
  readonly #delimiterCode: number
  /** The text that has not been read, from the beginning of a row. */
  #text = ''
  /** The row whose quotes are not closed yet. */
  #open: RowSoFar | undefined
  #line = 1
  #hasNoText = false

  constructor(delimiter: ',' | '\t') {
    this.#delimiter = delimiter
    this.#delimiterCode = delimiter.charCodeAt(0)
  }

  /** Reads the rows in the next block, and in the last one all that is left. */
  read(block: string, isLast: boolean, take: TakeRow): void {
    this.#text += block
    this.#hasNoText ||= block.includes(NO_TEXT)
    const text = this.#text
    let start = 0
    let quote = this.#open === undefined ? text.indexOf('"') : 0
    while (start < text.length) {
      const newline = text.indexOf('\n', start)
      const lineEnd = newline < 0 ? text.length : newline
      // Most lines hold no quotes, so the next quote is searched for only once.
      if (quote >= 0 && quote < start && this.#open === undefined) quote = text.indexOf('"', start)
      if (quote < 0 || quote > lineEnd) {
        const line = text.slice(start, endBefore(text, start, lineEnd))
        if (line !== '') take(line.split(this.#delimiter), this.#line, this.#problemOf(line))
        this.#line++
        start = lineEnd + 1
      } else {
        const next = this.#readQuoted(start, lineEnd + 1, isLast, take)
        if (next === undefined) break
        start = next
      }
    }
    this.#text = text.slice(start)
    if (this.#text === '') this.#hasNoText = false
    if (this.#open !== undefined) {
      this.#open.field -= start
      this.#open.quoted = this.#text.length
    }
  }

  /** Reads a row that may have quotes. Returns the position of the next row; undefined if more text is needed. */
  #readQuoted(start: number, nextLine: number, isLast: boolean, take: TakeRow): number | undefined {
    const text = this.#text
    const row: RowSoFar = this.#open ?? { fields: [], field: start, quoted: undefined, newlines: 0 }
    this.#open = undefined
    const broken = (problem: string): number => {
      take([], this.#line++, `field ${row.fields.length + 1}: ${problem}`)
      return nextLine
    }
    for (;;) {
      let end: number
      if (text.charCodeAt(row.field) === QUOTE) {
        const closing = closingQuote(text, row.quoted ?? row.field + 1)
        if (closing < 0) {
          if (isLast || text.length - start > LONGEST_QUOTED) return broken('its quote is not closed')
          this.#open = row
          return undefined
        }
        const value = text.slice(row.field + 1, closing)
        end = closing + 1
        if (!this.#endsField(end)) {
          // A quote that seems to be closed some lines later probably begins another field.
          return broken(value.includes('\n') ? 'its quote is not closed' : 'there is text after its closing quote')
        }
        row.quoted = undefined
        row.newlines += newlinesIn(value)
        row.fields.push(value.includes('"') ? value.replaceAll('""', '"') : value)
      } else {
        end = row.field
        while (end < text.length && text.charCodeAt(end) !== this.#delimiterCode && text.charCodeAt(end) !== NEWLINE)
          end++
        row.fields.push(
          text.slice(row.field, text.charCodeAt(end) === this.#delimiterCode ? end : endBefore(text, row.field, end)),
        )
      }
      if (text.charCodeAt(end) !== this.#delimiterCode) {
        if (text.charCodeAt(end) === RETURN) end++
        take(row.fields, this.#line, this.#problemOf(text.slice(start, end)))
        this.#line += row.newlines + 1
        return end + 1
      }
      row.field = end + 1
    }
  }

  #endsField(at: number): boolean {
    const code = this.#text.charCodeAt(at)
    if (code === RETURN) return at + 1 === this.#text.length || this.#text.charCodeAt(at + 1) === NEWLINE
    return code === this.#delimiterCode || code === NEWLINE || at === this.#text.length
  }

  #problemOf(row: string): string | undefined {
    return this.#hasNoText && row.includes(NO_TEXT) ? 'not UTF-8' : undefined
  }
}

/** Finds the end of a line's text. Its newline may be `\r\n`. */
function endBefore(text: string, start: number, lineEnd: number): number {
  return lineEnd > start && text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd
}

/** Finds the closing quote; doubled quotes are part of the value. -1 if there is none. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2)
  return at
}

function newlinesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
