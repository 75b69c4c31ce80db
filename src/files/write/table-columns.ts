/** The type of a column of tables. `JSON`: nested and mixed values, and integers that have more than 64 bits. */
export type ColumnKind = 'STRING' | 'DOUBLE' | 'INT64' | 'BOOLEAN' | 'TIMESTAMP' | 'BYTE_ARRAY' | 'JSON'

/** A column of a table that is written. */
export interface TableColumn {
  readonly name: string
  readonly kind: ColumnKind
}

type Fields = Readonly<Record<string, unknown>>

/** Returns the kind that all values of a column have; JSON if they differ, or are nested. */
export function columnKind(rows: readonly Fields[], name: string): ColumnKind {
  let kind: ColumnKind | undefined
  for (const row of rows) {
    const value = row[name]
    if (value === null || value === undefined) continue
    const own = kindOf(value)
    if (own === 'JSON' || (kind !== undefined && own !== kind)) return 'JSON'
    kind = own
  }
  return kind ?? 'JSON'
}

/** Returns the kind of a single value. */
export function kindOf(value: unknown): ColumnKind {
  switch (typeof value) {
    case 'string':
      return 'STRING'
    case 'number':
      return 'DOUBLE'
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? 'INT64' : 'JSON'
    case 'boolean':
      return 'BOOLEAN'
    default:
      return value instanceof Date ? 'TIMESTAMP' : value instanceof Uint8Array ? 'BYTE_ARRAY' : 'JSON'
  }
}

/**
 * Returns the values of a column, null for those that a row has not, and the text of JSON.
 *
 * @throws {TypeError} for values that have no form in JSON.
 */
export function valuesOf(rows: readonly Fields[], { name, kind }: TableColumn): unknown[] {
  return rows.map((row) => {
    const value = row[name]
    if (value === null || value === undefined) return null
    if (kind === 'JSON') return jsonText(value)
    return value instanceof Date && Number.isNaN(value.getTime()) ? null : value
  })
}

/** Bigints are texts; functions and symbols, which JSON leaves out, null. */
function jsonText(value: unknown): string | null {
  const text = JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) as
    | string
    | undefined
  return text ?? null
}
