import type { ColumnType, RowFormat } from '../row-format.ts'
import { fieldSetter } from './field-setter.ts'
import type { ParseRow } from './parse-row.ts'

/** Makes the parser for rows of tables. */
export function columnsParser(bytes: Buffer, { names, types }: RowFormat & { readonly kind: 'columns' }): ParseRow {
  const set = fieldSetter(names)
  const convert = types.map((type) => CONVERSIONS[type])
  return (start, end) => {
    const values = JSON.parse(bytes.toString('utf8', start, end)) as readonly unknown[]
    const row: Record<string, unknown> = {}
    for (let column = 0; column < names.length; column++) {
      const value = values[column]
      const converted = value === null ? null : convert[column]?.(value)
      set(row, names[column] as string, converted)
    }
    return row
  }
}

const CONVERSIONS: Readonly<Record<ColumnType, (value: unknown) => unknown>> = {
  json: (value) => value,
  number: Number,
  integer: (value) => (typeof value === 'string' ? BigInt(value) : value),
  date: (value) => new Date(value as number),
  bytes: (value) => new Uint8Array(Buffer.from(value as string, 'base64')),
}
