import { jsonLine } from '../../rows/json-line.ts'
import { fieldsOf } from './fields-of.ts'
import type { RowEncoder } from './row-encoder.ts'

/**
 * Makes CSV or TSV by RFC 4180, with `\n` at the end of lines. The fields of the first row are the columns. A later row may
 * lack some, which are empty then; one with others is refused, since they would be lost. With `knownColumns` the header is
 * in the file already.
 */
export function delimitedEncoder(delimiter: ',' | '\t', path: string, knownColumns?: readonly string[]): RowEncoder {
  const special = delimiter === ',' ? /[",\n\r]/ : /["\t\n\r]/
  let columns = knownColumns
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
      const fields = fieldsOf(row, columns, path)
      const known = columns ?? Object.keys(fields)
      const line = lineOf(known.map((name) => fields[name]))
      const isFirst = columns === undefined
      columns = known
      return isFirst ? lineOf(known) + line : line
    },
    end: () => '',
  }
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
