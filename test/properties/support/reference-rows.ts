import { isUtf8 } from 'node:buffer'

import type { RowFormatName } from '#manyhands/rows/cut/row-cutter.js'

/**
 * The rows of a file, parsed from all of its bytes in the plainest way: values, and `in:17: reason` for those that cannot be
 * read. A row of CSV or TSV with broken quotes is its first line. The header must be right.
 */
export function referenceRows(format: RowFormatName, bytes: Buffer): unknown[] {
  const hasMark = bytes.subarray(0, 3).equals(Buffer.from('\uFEFF'))
  // A character a byte.
  const text = bytes.subarray(hasMark ? 3 : 0).toString('latin1')
  if (format === 'csv' || format === 'tsv') return delimitedRows(text, format === 'csv' ? ',' : '\t')
  const rows = text.split(format === 'null' ? '\0' : '\n')
  if (rows.at(-1) === '') rows.pop()
  const values: unknown[] = []
  for (const [index, record] of rows.entries()) {
    const row = format === 'null' ? record : record.replace(/\r$/, '')
    if (format !== 'jsonl') values.push(decoded(row))
    else if (decoded(row).trim() !== '') values.push(jsonOf(row, index + 1))
  }
  return values
}

function decoded(row: string): string {
  return Buffer.from(row, 'latin1').toString()
}

function jsonOf(row: string, line: number): unknown {
  if (!isUtf8(Buffer.from(row, 'latin1'))) return `in:${line}: not UTF-8`
  try {
    return JSON.parse(decoded(row))
  } catch (error) {
    return `in:${line}: not JSON: ${(error as Error).message}`
  }
}

interface Row {
  readonly fields: readonly string[]
  readonly problem?: string
  /** The place behind its newline. */
  readonly next: number
}

function delimitedRows(text: string, delimiter: string): unknown[] {
  const values: unknown[] = []
  let names: readonly string[] | undefined
  for (let at = 0; at < text.length;) {
    const line = text.slice(0, at).split('\n').length
    const lineEnd = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
    const firstLine = text.slice(at, lineEnd).replace(/\r$/, '')
    let row = readRow(text, at, delimiter)
    if (row.problem !== undefined) row = { ...readRow(firstLine, 0, delimiter, false), next: lineEnd + 1 }
    const bytes = Buffer.from(text.slice(at, row.next), 'latin1')
    at = row.next
    if (firstLine === '') continue
    const fields = row.fields.map(decoded)
    if (names === undefined) names = fields
    else if (row.problem !== undefined) values.push(`in:${line}: ${row.problem}`)
    else if (!isUtf8(bytes)) values.push(`in:${line}: not UTF-8`)
    else if (fields.length !== names.length)
      values.push(`in:${line}: ${fields.length} field${fields.length === 1 ? '' : 's'}, the header has ${names.length}`)
    else values.push(Object.fromEntries(names.map((name, column) => [name, fields[column]])))
  }
  return values
}

/** `hasReturn`: a `\r` at the end of the text ends the row. */
function readRow(text: string, from: number, delimiter: string, hasReturn = true): Row {
  const fields: string[] = []
  const broken = (problem: string): Row => ({ fields, problem: `field ${fields.length + 1}: ${problem}`, next: -1 })
  for (let at = from; ;) {
    let field = ''
    const isQuoted = text[at] === '"'
    if (isQuoted) {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) return broken('its quote is not closed')
        if (text[at] === '"') at++
        field += text[at]
      }
      at++
      if (text[at] === '\r' && (text[at + 1] === '\n' || (hasReturn && at + 1 === text.length))) at++
      else if (at < text.length && text[at] !== '\n' && text[at] !== delimiter)
        return broken('there is text after its closing quote')
    } else while (at < text.length && text[at] !== delimiter && text[at] !== '\n') field += text[at++]
    const isEnd = text[at] !== delimiter
    fields.push(isEnd && !isQuoted ? field.replace(/\r$/, '') : field)
    if (isEnd) return { fields, next: at + 1 }
    at++
  }
}
