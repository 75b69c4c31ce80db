import { DataFileError } from '../../errors/file-errors.ts'
import { jsonLine } from '../../rows/json-line.ts'
import type { RowEncoder } from './row-encoder.ts'

/** The column of rows that are no objects. */
const ONLY_COLUMN = 'value'

/**
 * Makes CSV or TSV by RFC 4180, with `\n` at the end of lines. The fields of the first row are the columns. A later row may
 * lack some, which are empty then; one with others is refused, since they would be lost.
 */
export function delimitedEncoder(delimiter: ',' | '\t', path: string): RowEncoder {
  const special = delimiter === ',' ? /[",\n\r]/ : /["\t\n\r]/
  let columns: readonly string[] | undefined
  const fieldOf = (value: unknown): string => {
    const text = textOf(value)
    return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lineOf = (values: readonly unknown[]): string => {
    const line = values.map(fieldOf).join(delimiter)
    // A blank line is no row.
    return line === '' ? '""\n' : `${line}\n`
  }
  return {
    encode: (row) => {
      const fields = fieldsOf(row, path)
      const names = Object.keys(fields)
      if (columns === undefined && names.length === 0) throw refusal(path, 'it has no fields')
      const known = columns ?? names
      const added = names.find((name) => !known.includes(name))
      if (added !== undefined)
        throw refusal(
          path,
          `it has a field "${added}", which the first row had not. Columns are those of the first row`,
        )
      const line = lineOf(known.map((name) => fields[name]))
      const isFirst = columns === undefined
      columns = known
      return isFirst ? lineOf(known) + line : line
    },
    end: () => '',
  }
}

function fieldsOf(row: unknown, path: string): Readonly<Record<string, unknown>> {
  if (Array.isArray(row)) throw refusal(path, 'expected an object with a field for each column, got an array')
  const isRecord = typeof row === 'object' && row !== null && !(row instanceof Date) && !ArrayBuffer.isView(row)
  return isRecord ? (row as Record<string, unknown>) : { [ONLY_COLUMN]: row }
}

/** Texts and numbers as they are, nothing for null and undefined, JSON for what is nested. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value === 'object') return jsonLine(value).slice(0, -1)
  const plain = value as number | bigint | boolean
  return String(plain)
}

function refusal(path: string, problem: string): DataFileError {
  return new DataFileError(path, `cannot write a row to ${path}: ${problem}`)
}
