import { loadPackage } from '../tables/load-package.ts'
import type { RowWriter } from './row-writer.ts'
import type { TableColumn } from './table-columns.ts'
import { GROUP, type TableEncoder, TableRows } from './table-rows.ts'

/** The part of hyparquet-writer that is used. */
interface ParquetPackage {
  readonly ByteWriter: new () => GroupBytes
  readonly ParquetWriter: new (options: object) => {
    write(options: object): void | Promise<void>
    finish(): void | Promise<void>
  }
}

/** Bytes of the group that is being written. */
interface GroupBytes {
  index: number
  getBytes(): Uint8Array
}

/**
 * Opens a Parquet file to write.
 *
 * @throws {DataFileError} if it cannot be opened.
 * @throws {UnsupportedError} if the package that writes it is not installed.
 */
export async function openParquetWriter(path: string): Promise<RowWriter> {
  const parquet = await loadPackage<ParquetPackage>('hyparquet-writer', 'Parquet')
  return TableRows.open(path, encoderOf(parquet))
}

function encoderOf({ ByteWriter, ParquetWriter }: ParquetPackage): TableEncoder {
  const bytes = new ByteWriter()
  let writer: InstanceType<ParquetPackage['ParquetWriter']> | undefined
  const taken = (): Uint8Array => {
    const copy = Buffer.from(bytes.getBytes())
    bytes.index = 0
    return copy
  }
  return {
    group: async (columns, values, rows) => {
      const columnData = columns.map(({ name, kind }, i) => ({
        name,
        type: kind,
        data: kind === 'JSON' ? parsed(values[i] as unknown[]) : values[i],
      }))
      writer ??= new ParquetWriter({ writer: bytes, schema: schemaOf(columns) })
      if (rows > 0) await writer.write({ columnData, rowGroupSize: GROUP })
      return taken()
    },
    end: async () => {
      await writer?.finish()
      return taken()
    },
  }
}

/** The writer makes the text of JSON itself, but not of bigints. */
function parsed(texts: readonly unknown[]): unknown[] {
  return texts.map((text) => (text === null ? null : JSON.parse(text as string)))
}

function schemaOf(columns: readonly TableColumn[]): object[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)]
}

function elementOf({ name, kind }: TableColumn): object {
  const element = { name, repetition_type: 'OPTIONAL' }
  if (kind === 'STRING') return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  if (kind === 'JSON') return { ...element, type: 'BYTE_ARRAY', converted_type: 'JSON' }
  if (kind === 'TIMESTAMP') return { ...element, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }
  return { ...element, type: kind }
}
