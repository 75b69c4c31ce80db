import { isUtf8 } from 'node:buffer'

import type { RowFormat } from '../row-format.ts'
import { UnreadableRow } from '../unreadable-row.ts'
import { columnsParser } from './columns-parser.ts'
import { fieldsOf } from './delimited-fields.ts'
import { parseExactly } from './exact-numbers.ts'
import { fieldSetter } from './field-setter.ts'
import type { ParseRow } from './parse-row.ts'

export type { ParseRow } from './parse-row.ts'

/**
 * Makes the parser for rows in `bytes`. To make one looks through all of `bytes` once, for text that is not UTF-8, so make
 * one for each chunk of rows, not for each row; a call then costs little more than `JSON.parse`, or a split.
 *
 * Lines that are not UTF-8 arrive with U+FFFD in place of what is not; rows of other formats fail.
 */
export function rowParser(format: RowFormat, bytes: Buffer): ParseRow {
  if (format.kind === 'lines') return (start, end) => bytes.toString('utf8', start, end)
  if (format.kind === 'columns') return columnsParser(bytes, format)
  if (format.kind === 'parquet')
    throw new TypeError('rows in their file cannot be parsed: their content has to be read first')
  const check = isUtf8(bytes) ? undefined : (start: number, end: number) => checkUtf8(bytes, start, end)
  return format.kind === 'jsonl'
    ? jsonParser(bytes, format.exactNumbers === true ? parseExactly : JSON.parse, check)
    : delimitedParser(bytes, format, check)
}

/** Throws if a row is not UTF-8. */
type Check = (start: number, end: number) => void

function checkUtf8(bytes: Buffer, start: number, end: number): void {
  if (!isUtf8(bytes.subarray(start, end))) throw new UnreadableRow('not UTF-8')
}

function jsonParser(bytes: Buffer, parse: (text: string) => unknown, check: Check | undefined): ParseRow {
  return (start, end) => {
    check?.(start, end)
    try {
      return parse(bytes.toString('utf8', start, end))
    } catch (error) {
      throw new UnreadableRow(`not JSON: ${(error as Error).message}`)
    }
  }
}

function delimitedParser(
  bytes: Buffer,
  { delimiter, names }: RowFormat & { readonly kind: 'delimited' },
  check: Check | undefined,
): ParseRow {
  const set = fieldSetter(names)
  return (start, end) => {
    const text = bytes.toString('utf8', start, end)
    const fields = text.includes('"') ? fieldsOf(text, delimiter) : text.split(delimiter)
    check?.(start, end)
    if (fields.length !== names.length) {
      const noun = fields.length === 1 ? 'field' : 'fields'
      throw new UnreadableRow(`${fields.length} ${noun}, the header has ${names.length}`)
    }
    const row: Record<string, string> = {}
    for (let column = 0; column < names.length; column++) set(row, names[column] as string, fields[column])
    return row
  }
}
