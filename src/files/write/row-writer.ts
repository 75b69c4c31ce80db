import type { Compression } from '../compression.ts'
import type { FileFormat } from '../file-format.ts'
import { ByteWriter } from './byte-writer.ts'
import { encoderFor } from './encoder-for.ts'

/** Characters that are gathered before they are written. */
const ENOUGH = 2 ** 16

/** How a file is written. */
export interface WriteOptions {
  readonly format: FileFormat
  readonly compression: Compression
}

/** Writes rows to a file. */
export interface RowWriter {
  /**
   * Takes a row. If it returns a promise, wait for that before the next call; it rejects if the file cannot be written.
   *
   * @throws {DataFileError} if the format has no form for the row; then nothing of it is written, and the next may be.
   */
  write(row: unknown): Promise<void> | undefined
  /** Resolves to what was written when all is. */
  end(): Promise<{ readonly rows: number; readonly bytes: number }>
}

/**
 * Opens a file to write rows to. What was in it stays until the first ones are written, or the end.
 *
 * @throws {DataFileError} if it cannot be opened.
 */
export async function openRowWriter(path: string, { format, compression }: WriteOptions): Promise<RowWriter> {
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
    end: async () => {
      gathered += encoder.end()
      await flush()
      return { rows, bytes: await file.end() }
    },
  }
}
