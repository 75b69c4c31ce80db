import { types } from 'node:util'

import type { RowColumn, TextColumn } from './row-columns.ts'

/** A message without the bytes in it, and those bytes. */
export interface Detached {
  readonly rest: unknown
  readonly parts: readonly Buffer[]
  /** The element of the message that they were taken from. */
  readonly at: number
}

const NO_PARTS: readonly Buffer[] = []

/** Takes rows or text out of a message in its compact form, so that they can be sent as they are. */
export function detachBytes(message: unknown): Detached {
  const at = Array.isArray(message) ? message.findIndex(isByteColumn) : -1
  if (at < 0) return { rest: message, parts: NO_PARTS, at }
  const rest = [...(message as unknown[])]
  const column = rest[at] as RowColumn | TextColumn
  if ('text' in column) {
    rest[at] = { ...column, text: undefined }
    return { rest, parts: [bufferOf(column.text)], at }
  }
  rest[at] = { ...column, rows: undefined, bounds: undefined }
  return { rest, parts: [bufferOf(column.rows), bufferOf(column.bounds)], at }
}

/** Puts the bytes back. */
export function attachBytes({ rest, parts, at }: Detached): unknown {
  const message = rest as unknown[]
  const column = message[at] as { rows?: unknown; bounds?: unknown; text?: unknown }
  const [first, bounds] = parts
  if (bounds === undefined) column.text = first
  else {
    column.rows = first
    column.bounds = numbersOf(bounds)
  }
  return message
}

function isByteColumn(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { rows, bounds, text } = value as Partial<RowColumn & TextColumn>
  return types.isUint8Array(text) || (types.isUint8Array(rows) && types.isUint32Array(bounds))
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Numbers need an address that is a multiple of their size. */
function numbersOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer)
}
