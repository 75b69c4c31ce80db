import type { RowColumn, TextColumn } from './frames.ts'

/** A message without the bytes in it, and those bytes. */
export interface Detached {
  readonly rest: unknown
  readonly parts: readonly Buffer[]
}

const NONE: readonly Buffer[] = []

/** Takes rows and text out of a message in its compact form, so that they can be sent as they are. */
export function detachBytes(message: unknown): Detached {
  const at = Array.isArray(message) ? message.findIndex(isByteColumn) : -1
  if (at < 0) return { rest: message, parts: NONE }
  const rest = [...(message as unknown[])]
  const column = rest[at] as RowColumn | TextColumn
  rest[at] = { ...column, ...('rows' in column ? { rows: 0, bounds: 0 } : { text: 0 }) }
  return { rest, parts: 'rows' in column ? [bufferOf(column.rows), bufferOf(column.bounds)] : [bufferOf(column.text)] }
}

/** Puts the bytes back. */
export function attachBytes(rest: unknown, parts: readonly Buffer[]): unknown {
  const message = rest as unknown[]
  const column = message.find(isByteColumn) as { rows?: unknown; bounds?: unknown; text?: unknown }
  const [first, bounds] = parts
  if ('text' in column) column.text = first
  else {
    column.rows = first
    column.bounds = numbersOf(bounds as Buffer)
  }
  return message
}

function isByteColumn(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('rows' in value || 'text' in value)
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Numbers need an address that is a multiple of their size. */
function numbersOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer)
}
