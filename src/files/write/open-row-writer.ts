import { UnsupportedError } from '../../errors/argument-errors.ts'
import type { Compression } from '../compression.ts'
import type { FileFormat } from '../file-format.ts'
import { openArrowWriter } from './arrow-writer.ts'
import { ByteWriter } from './byte-writer.ts'
import { encoderFor } from './encoder-for.ts'
import { openParquetWriter } from './parquet-writer.ts'
import type { RowWriter } from './row-writer.ts'

/** Characters that are gathered before they are written. */
const ENOUGH = 2 ** 16

/** Options for writing a file. */
export interface WriteOptions {
  readonly format: FileFormat
  readonly compression: Compression
}

/**
 * Opens a file to write rows to. What was in it stays until the first ones are written, or the end.
 *
 * @throws {DataFileError} if it cannot be opened.
 * @throws {UnsupportedError} if this format cannot be compressed, or needs a package that is not installed.
 */
export async function openRowWriter(path: string, { format, compression }: WriteOptions): Promise<RowWriter> {
  if (format === 'parquet' || format === 'arrow') {
    if (compression === 'none') return format === 'parquet' ? openParquetWriter(path) : openArrowWriter(path)
    throw new UnsupportedError(
      format === 'parquet'
        ? `${path}: Parquet is compressed inside: leave the end of the name out, or compression`
        : `${path}: Arrow cannot be compressed as a whole: leave the end of the name out, or compression`,
    )
  }
  const encoder = encoderFor(format, path)
  const file = await ByteWriter.open(path, compression)
  let gathered = ''
  let rows = 0
  const flush = (): Promise<void> | undefined => {
    const text = gathered
    gathered = ''
    return text === '' ? undefined : file.write(text)
  }
  return {
    write: (row) => {
      gathered += encoder.encode(row)
      rows++
      return gathered.length < ENOUGH ? undefined : flush()
    },
    abandon: () => file.abandon(),
    end: async () => {
      gathered += encoder.end()
      await flush()
      return { rows, bytes: await file.end() }
    },
  }
}
