import { BoundsList } from '../../rows/cut/bounds-list.ts'
import { LineScanner } from '../../rows/cut/line-scanner.ts'
import type { RowBlock } from '../../rows/row-block.ts'
import type { ColumnType } from '../../rows/row-format.ts'

/** Rows in a block. */
const BLOCK = 4_096

/** Some rows of a table, column by column. */
export interface Columns {
  readonly names: readonly string[]
  readonly values: readonly ArrayLike<unknown>[]
  readonly rows: number
}

/** The form in which the numbers of a table are kept. */
export interface Integers {
  /** Integers beyond 2^53 are bigints. */
  readonly exact: boolean
  /** Called with integers that are rounded. */
  readonly onRounded: (value: bigint) => void
}

/** Writes rows of a table as bytes. `name`: the file; `firstRow`: the number of rows before them in it. */
export function* columnBlocks(
  { names, values, rows }: Columns,
  name: string,
  firstRow: number,
  integers: Integers,
): Generator<RowBlock, void, undefined> {
  const types = values.map(typeOf)
  const encode = types.map((type) => encoderFor(type, integers))
  for (let start = 0; start < rows; start += BLOCK) {
    const lines: string[] = []
    for (let row = start; row < Math.min(rows, start + BLOCK); row++)
      lines.push(JSON.stringify(values.map((column, at) => encode[at]?.(column[row]) ?? null)))
    const bytes = Buffer.from(lines.join('\n'))
    const bounds = new BoundsList()
    new LineScanner('\n', false).scan(bytes, 0, true, bounds)
    const first = firstRow + start + 1
    // Tables have no lines: these are the numbers of rows.
    yield {
      format: { kind: 'columns', names, types },
      name,
      bytes,
      bounds: bounds.take(),
      lineOf: (row) => first + row,
    }
  }
}

/** The type that all values of a column have; `json` if they differ, or are nested. */
function typeOf(values: ArrayLike<unknown>): ColumnType {
  let type: ColumnType | undefined
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null || value === undefined) continue
    const own = typeOfValue(value)
    if (own === 'json' || (type !== undefined && own !== type)) return 'json'
    type = own
  }
  return type ?? 'json'
}

function typeOfValue(value: unknown): ColumnType {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'bigint') return 'integer'
  if (value instanceof Date) return 'date'
  return value instanceof Uint8Array ? 'bytes' : 'json'
}

function encoderFor(type: ColumnType, integers: Integers): (value: unknown) => unknown {
  switch (type) {
    case 'number':
      return (value) =>
        Number.isFinite(value) && !Object.is(value, -0) ? value : value === undefined ? null : textOf(value)
    case 'integer':
      return (value) => (typeof value === 'bigint' ? integerOf(value, integers) : value)
    case 'date':
      return (value) => (value instanceof Date ? value.getTime() : value)
    case 'bytes':
      return (value) => (value instanceof Uint8Array ? base64(value) : value)
    case 'json':
      return (value) => plain(value, integers)
  }
}

/** NaN, infinities and -0 have no form in JSON. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value
}

function integerOf(value: bigint, { exact, onRounded }: Integers): number | string {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  if (exact) return String(value)
  if (BigInt(number) !== value) onRounded(value)
  return number
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** Nested values are plain JSON: dates are texts, bytes base64. */
function plain(value: unknown, integers: Integers): unknown {
  if (typeof value === 'bigint') return integerOf(value, integers)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return base64(value)
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<unknown>, (one) => plain(one, integers))
  if (Array.isArray(value)) return value.map((one) => plain(one, integers))
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plain(one, integers)]))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, integers)]))
}
