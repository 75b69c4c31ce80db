import { UnreadableRow } from '../unreadable-row.ts'

const QUOTE = 0x22

/**
 * Splits the text of one row of CSV or TSV into its fields, by RFC 4180. Quotes count only at the beginning of a field.
 *
 * @throws {UnreadableRow} if a quote is not closed, or text follows a closing quote.
 */
export function fieldsOf(row: string, delimiter: ',' | '\t'): string[] {
  const fields: string[] = []
  for (let start = 0; ;) {
    let end: number
    if (row.charCodeAt(start) === QUOTE) {
      const closing = closingQuote(row, start + 1)
      if (closing < 0) throw unreadable(fields, 'its quote is not closed')
      end = closing + 1
      if (end < row.length && row[end] !== delimiter) throw unreadable(fields, 'there is text after its closing quote')
      const value = row.slice(start + 1, closing)
      fields.push(value.includes('"') ? value.replaceAll('""', '"') : value)
    } else {
      const next = row.indexOf(delimiter, start)
      end = next < 0 ? row.length : next
      fields.push(row.slice(start, end))
    }
    if (end >= row.length) return fields
    start = end + 1
  }
}

/** Finds the closing quote; doubled quotes are part of the value. -1 if there is none. */
function closingQuote(row: string, from: number): number {
  let at = row.indexOf('"', from)
  while (at >= 0 && row.charCodeAt(at + 1) === QUOTE) at = row.indexOf('"', at + 2)
  return at
}

function unreadable(fields: readonly string[], problem: string): UnreadableRow {
  return new UnreadableRow(`field ${fields.length + 1}: ${problem}`)
}
