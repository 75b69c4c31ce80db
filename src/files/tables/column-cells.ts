import { fieldSetter } from '../../rows/parse/field-setter.ts'
import type { ColumnType } from '../../rows/row-format.ts'

/** The form in which the numbers of a table are kept. */
export interface Integers {
  /** Integers beyond 2^53 are bigints. */
  readonly exact: boolean
  /** Called with integers that are rounded. */
  readonly onRounded: (value: bigint) => void
}

/** The type that all values of a column have; `json` if they differ, or are nested. */
export function typeOf(values: ArrayLike<unknown>): ColumnType {
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

/** Returns what makes the JSON of a value. */
export function cellEncoder(type: ColumnType, integers: Integers): (value: unknown) => unknown {
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
      return (value) => (typeof value === 'string' ? value : plain(value, integers))
  }
}

/** Returns what makes the value that a function gets: the one that its JSON becomes, without the way through it. */
export function cellReader(type: ColumnType, integers: Integers): (value: unknown) => unknown {
  switch (type) {
    case 'number':
      return (value) => value ?? null
    case 'integer':
      return (value) => (typeof value === 'bigint' ? exactInteger(value, integers) : null)
    case 'date':
      return (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? new Date(value) : null)
    case 'bytes':
      return (value) => (value instanceof Uint8Array ? new Uint8Array(value) : null)
    case 'json':
      return (value) => (typeof value === 'string' ? value : plain(value, integers))
  }
}

/** NaN, infinities and -0 have no form in JSON. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value
}

function exactInteger(value: bigint, integers: Integers): number | bigint {
  const integer = integerOf(value, integers)
  return typeof integer === 'string' ? value : integer
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

/** Copies a nested value as plain JSON: dates are texts, bytes base64, and numbers without a form in JSON null. */
function plain(value: unknown, integers: Integers): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value + 0 : null
    case 'bigint':
      return integerOf(value, integers)
    case 'object':
      return value === null ? null : plainObject(value, integers)
    default:
      return null
  }
}

function plainObject(value: object, integers: Integers): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one, integers))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return base64(value)
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<unknown>, (one) => plain(one, integers))
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plain(one, integers)]))
  const names = Object.keys(value)
  const set = fieldSetter(names)
  const copy: Record<string, unknown> = {}
  for (const name of names) {
    const field = (value as Record<string, unknown>)[name]
    if (field !== undefined) set(copy, name, plain(field, integers))
  }
  return copy
}
