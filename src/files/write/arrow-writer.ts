import { loadPackage } from '../tables/load-package.ts'
import type { RowWriter } from './row-writer.ts'
import type { ColumnKind, TableColumn } from './table-columns.ts'
import { type TableEncoder, TableRows } from './table-rows.ts'

/** The part of flechette that is used. */
interface Arrow {
  readonly utf8: () => object
  readonly float64: () => object
  readonly int64: () => object
  readonly bool: () => object
  readonly binary: () => object
  readonly timestamp: (unit: number, timezone: string) => object
  readonly TimeUnit: { readonly MILLISECOND: number }
  readonly Version: { readonly V5: number }
  readonly Endianness: { readonly Little: number }
  readonly field: (name: string, type: object, nullable: boolean, metadata: Map<string, string> | null) => object
  readonly columnFromArray: (values: readonly unknown[], type: object, options: object) => object
  readonly Table: new (schema: object, columns: readonly object[]) => object
  readonly tableToIPC: (table: object, options: { readonly format: 'stream' | 'file' }) => Uint8Array
}

/** Marks a column of JSON, as the list of canonical extension types of Arrow has it. */
const JSON_TYPE = new Map([
  ['ARROW:extension:name', 'arrow.json'],
  ['ARROW:extension:metadata', ''],
])

const MAGIC = Buffer.from('ARROW1\0\0')
/** Bytes in front of a message: the mark of one, and its length. */
const PREFIX = 8
/** Bytes behind the messages of a stream. */
const STREAM_END = 8
/** Bytes behind a footer: its length, and `ARROW1`. */
const TAIL = 10
/** Bytes of the footer for each batch of rows. */
const PLACE = 24

/** The place of a batch of rows in the file. */
interface Place {
  readonly offset: number
  readonly metadata: number
  readonly body: number
}

/**
 * Opens an Arrow file to write: in the file format, with the places of all batches in its footer.
 *
 * @throws {DataFileError} if it cannot be opened.
 * @throws {UnsupportedError} if the package that writes it is not installed.
 */
export async function openArrowWriter(path: string): Promise<RowWriter> {
  const arrow = await loadPackage<Arrow>('@uwdata/flechette', 'Arrow')
  return TableRows.open(path, encoderOf(arrow))
}

function encoderOf(arrow: Arrow): TableEncoder {
  const places: Place[] = []
  let columns: readonly TableColumn[] = []
  let size = 0
  return {
    group: (given, values, rows) => {
      const isFirst = size === 0
      columns = given
      const bytes = bytesOf(arrow.tableToIPC(tableOf(arrow, columns, values, {}), { format: 'stream' }))
      const schema = messageLength(bytes, 0)
      const batch = bytes.subarray(schema, -STREAM_END)
      const start = isFirst ? Buffer.concat([MAGIC, bytes.subarray(0, schema)]) : Buffer.alloc(0)
      if (rows > 0) {
        const metadata = messageLength(batch, 0)
        places.push({ offset: size + start.length, metadata, body: batch.length - metadata })
      }
      size += start.length + batch.length
      return isFirst ? Buffer.concat([start, batch]) : batch
    },
    end: () => footerOf(arrow, columns, places),
  }
}

/** Makes the end of a file: that of a file of as many small batches, with the places of ours in it. */
function footerOf(arrow: Arrow, columns: readonly TableColumn[], places: readonly Place[]): Uint8Array {
  const nulls: unknown[] = new Array(places.length).fill(null)
  const table = tableOf(
    arrow,
    columns,
    columns.map(() => nulls),
    { maxBatchRows: 1 },
  )
  const file = bytesOf(arrow.tableToIPC(table, { format: 'file' }))
  const start = file.length - TAIL - file.readInt32LE(file.length - TAIL)
  const list = batchList(file, start)
  for (const [i, { offset, metadata, body }] of places.entries()) {
    file.writeBigInt64LE(BigInt(offset), list + i * PLACE)
    file.writeInt32LE(metadata, list + i * PLACE + 8)
    file.writeBigInt64LE(BigInt(body), list + i * PLACE + 16)
  }
  return file.subarray(start - STREAM_END)
}

/** Finds the places of the batches in a footer, which is the FlatBuffers table `Footer`: they are its fourth field. */
function batchList(file: Buffer, start: number): number {
  const footer = start + file.readUInt32LE(start)
  const fields = footer - file.readInt32LE(footer)
  const field = footer + file.readUInt16LE(fields + 4 + 3 * 2)
  return field + file.readUInt32LE(field) + 4
}

/** The length of a message at an offset, without its body. */
function messageLength(bytes: Buffer, at: number): number {
  return PREFIX + bytes.readInt32LE(at + 4)
}

function tableOf(
  arrow: Arrow,
  columns: readonly TableColumn[],
  values: readonly (readonly unknown[])[],
  options: object,
): object {
  const types = columns.map(({ kind }) => typeOf(arrow, kind))
  const fields = columns.map(({ name, kind }, i) =>
    arrow.field(name, types[i] as object, true, kind === 'JSON' ? JSON_TYPE : null),
  )
  const schema = { version: arrow.Version.V5, endianness: arrow.Endianness.Little, fields, metadata: null }
  return new arrow.Table(
    schema,
    types.map((type, i) => arrow.columnFromArray(values[i] as readonly unknown[], type, options)),
  )
}

function typeOf(arrow: Arrow, kind: ColumnKind): object {
  switch (kind) {
    case 'STRING':
    case 'JSON':
      return arrow.utf8()
    case 'DOUBLE':
      return arrow.float64()
    case 'INT64':
      return arrow.int64()
    case 'BOOLEAN':
      return arrow.bool()
    case 'TIMESTAMP':
      return arrow.timestamp(arrow.TimeUnit.MILLISECOND, 'UTC')
    case 'BYTE_ARRAY':
      return arrow.binary()
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
