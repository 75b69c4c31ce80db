import { types } from 'node:util'

import { KEY_BYTES } from '../../wire/protocol/frames.ts'
import type { RowColumn } from '../../wire/protocol/row-columns.ts'

const DELIMITERS = new Set([',', '\t'])
const COLUMN_TYPES = new Set(['json', 'number', 'integer', 'date', 'bytes'])

type Fields = Readonly<Record<string, unknown>>

/** Returns true if an untrusted value is a column of rows, whose bounds lie in its bytes, one row after the other. */
export function isRowColumn(column: Fields): column is Fields & RowColumn {
  const { rows, bounds, format, secret, range } = column
  return (
    types.isUint8Array(rows) &&
    types.isUint32Array(bounds) &&
    areBounds(bounds, rows.length) &&
    isFormat(format) &&
    // Files are for workers on the host's machine only.
    range === undefined &&
    (secret === undefined || (types.isUint8Array(secret) && secret.length === KEY_BYTES))
  )
}

/** Rows that lie in each other would let a small message make much work. */
function areBounds(bounds: Uint32Array, length: number): boolean {
  if (bounds.length % 2 !== 0) return false
  let end = 0
  for (const bound of bounds) {
    if (bound < end) return false
    end = bound
  }
  return end <= length
}

function isFormat(format: unknown): boolean {
  if (typeof format !== 'object' || format === null) return false
  const { kind, exactNumbers, delimiter, names, types: columnTypes } = format as Fields
  switch (kind) {
    case 'lines':
      return true
    case 'jsonl':
      return exactNumbers === undefined || exactNumbers === true
    case 'delimited':
      return (
        DELIMITERS.has(delimiter as string) && Array.isArray(names) && names.every((name) => typeof name === 'string')
      )
    case 'columns':
      return (
        Array.isArray(names) &&
        Array.isArray(columnTypes) &&
        names.length === columnTypes.length &&
        names.every((name) => typeof name === 'string') &&
        columnTypes.every((type) => COLUMN_TYPES.has(type as string))
      )
    // Rows in a file are for workers on the host's machine only.
    default:
      return false
  }
}
