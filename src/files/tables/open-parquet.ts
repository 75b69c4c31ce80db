import { type FileHandle, open } from 'node:fs/promises'

import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { cannotRead } from '../cannot-read.ts'
import type { RowFile } from '../row-files.ts'
import { type Columns, columnBlocks, type Integers } from './column-blocks.ts'
import { loadPackage } from './load-package.ts'

/** The part of hyparquet that is used. */
interface Parquet {
  readonly parquetMetadataAsync: (file: AnyPlaceFile) => Promise<Metadata>
  readonly parquetSchema: (metadata: Metadata) => {
    readonly children: readonly { readonly element: { name: string } }[]
  }
  readonly parquetRead: (options: object) => Promise<void>
}

interface Metadata {
  readonly row_groups: readonly { readonly num_rows: bigint }[]
}

/** A file that is read in any place. */
interface AnyPlaceFile {
  readonly byteLength: number
  slice(start: number, end?: number): Promise<ArrayBuffer>
}

interface ColumnChunk {
  readonly columnName: string
  readonly columnData: ArrayLike<unknown>
  readonly rowStart: number
}

/**
 * Opens a Parquet file. Its rows are read group by group: one group is held in memory.
 *
 * @throws {DataFileError} if it is not Parquet.
 * @throws {UnsupportedError} if the package that reads it is not installed.
 */
export async function openParquet(path: string, integers: Integers): Promise<RowFile> {
  const parquet = await loadPackage<Parquet>(() => import('hyparquet'), 'Parquet', 'hyparquet hyparquet-compressors')
  const { metadata, names } = await withFile(path, async (file) => {
    const found = await parquet.parquetMetadataAsync(file)
    return { metadata: found, names: parquet.parquetSchema(found).children.map(({ element }) => element.name) }
  })
  const sizes = metadata.row_groups.map((group) => Number(group.num_rows))
  return {
    async *blocks() {
      let firstRow = 0
      const codecs = await compressors()
      for (const rows of sizes) {
        const start = firstRow
        const options = { metadata, rowStart: start, rowEnd: start + rows, utf8: false, compressors: codecs }
        const columns = await withFile(path, (file) => readGroup(parquet, { ...options, file }, names, rows))
        yield* columnBlocks(columns, path, start, integers)
        firstRow += rows
      }
    },
    count: sizes.reduce((sum, rows) => sum + rows, 0),
  }
}

/** All codecs but Snappy are in a package of their own. Without it such a file says what it is compressed with. */
async function compressors(): Promise<object> {
  try {
    const { compressors: all } = (await import('hyparquet-compressors')) as { compressors: object }
    return all
  } catch {
    return {}
  }
}

async function readGroup(
  { parquetRead }: Parquet,
  options: { readonly file: AnyPlaceFile; readonly rowStart: number },
  names: readonly string[],
  rows: number,
): Promise<Columns> {
  const chunks = new Map<string, ColumnChunk[]>()
  const onChunk = (chunk: ColumnChunk): void => {
    chunks.set(chunk.columnName, [...(chunks.get(chunk.columnName) ?? []), chunk])
  }
  await parquetRead({ ...options, onChunk })
  return { names, values: names.map((name) => joined(chunks.get(name) ?? [], options.rowStart, rows)), rows }
}

/** Returns the values of a column, which may come in pieces. */
function joined(chunks: readonly ColumnChunk[], rowStart: number, rows: number): ArrayLike<unknown> {
  const [first] = chunks
  if (chunks.length === 1 && first?.rowStart === rowStart && first.columnData.length === rows) return first.columnData
  const all: unknown[] = new Array(rows).fill(null)
  for (const chunk of chunks)
    for (let at = 0; at < chunk.columnData.length; at++) all[chunk.rowStart - rowStart + at] = chunk.columnData[at]
  return all
}

async function withFile<T>(path: string, use: (file: AnyPlaceFile) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined
  try {
    const opened = await open(path)
    handle = opened
    const { size } = await opened.stat()
    const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(Math.max(0, end - start))
      await opened.read(bytes, 0, bytes.length, start)
      return bytes.buffer
    }
    return await use({ byteLength: size, slice })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw cannotRead(path, error)
    throw new DataFileError(path, `${path} cannot be read as Parquet: ${reasonOf(error)}`, { cause: error })
  } finally {
    await handle?.close()
  }
}

function reasonOf(error: unknown): string {
  const reason = messageOf(error)
  const hint = /unsupported compression codec/.test(reason) ? '. Install the package hyparquet-compressors' : ''
  return reason + hint
}
