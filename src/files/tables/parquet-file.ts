import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { cannotRead } from '../cannot-read.ts'
import { importPackage, loadPackage } from './load-package.ts'
import type { Columns } from './table-slice.ts'

/** The part of hyparquet that is used. */
interface Parquet {
  readonly parquetMetadataAsync: (file: AnyPlaceFile) => Promise<Metadata>
  readonly parquetSchema: (metadata: Metadata) => {
    readonly children: readonly { readonly element: { name: string } }[]
  }
  readonly parquetRead: (options: object) => Promise<void>
}

/** The part of a footer that is used. */
export interface Metadata {
  readonly row_groups: readonly {
    readonly num_rows: bigint
    readonly columns: readonly { readonly meta_data?: ColumnFacts | undefined }[]
  }[]
  readonly schema: readonly {
    readonly converted_type?: string | undefined
    readonly logical_type?: { readonly type: string } | undefined
  }[]
}

/** Bytes read at a time for a digest. */
const PIECE = 2 ** 20

type Statistic = 'min' | 'max' | 'min_value' | 'max_value' | 'null_count'

/** The facts about a column of a row group. */
export interface ColumnFacts {
  readonly type: string
  readonly codec: string
  readonly num_values: bigint
  readonly dictionary_page_offset?: bigint | undefined
  readonly data_page_offset: bigint
  readonly total_compressed_size: bigint
  readonly statistics?: Readonly<Partial<Record<Statistic, unknown>>> | undefined
}

/** A file that is read in any place. */
interface AnyPlaceFile {
  readonly byteLength: number
  slice(start: number, end?: number): Promise<ArrayBuffer>
  /** Resolves to the number of bytes read. */
  readInto(bytes: Uint8Array, start: number, length: number): Promise<number>
}

interface ColumnChunk {
  readonly columnName: string
  readonly columnData: ArrayLike<unknown>
  readonly rowStart: number
}

/** The size of a file, and the time of its last change in milliseconds. */
export interface FileState {
  readonly size: number
  readonly modified: number
}

/** A Parquet file whose footer was read. */
export class ParquetFile {
  readonly path: string
  readonly names: readonly string[]
  readonly metadata: Metadata
  readonly state: FileState
  readonly compressors: Readonly<Record<string, unknown>>
  readonly #parquet: Parquet

  private constructor(
    path: string,
    parquet: Parquet,
    compressors: Readonly<Record<string, unknown>>,
    footer: { readonly metadata: Metadata; readonly state: FileState },
  ) {
    this.path = path
    this.metadata = footer.metadata
    this.state = footer.state
    this.names = parquet.parquetSchema(footer.metadata).children.map(({ element }) => element.name)
    this.compressors = compressors
    this.#parquet = parquet
  }

  /**
   * Reads the footer of a file.
   *
   * @throws {DataFileError} if it is not Parquet.
   * @throws {UnsupportedError} if the package that reads it is not installed.
   */
  static async open(path: string): Promise<ParquetFile> {
    const parquet = await loadPackage<Parquet>('hyparquet', 'Parquet', 'hyparquet hyparquet-compressors')
    const footer = await withFile(path, async (file, state) => ({
      metadata: await parquet.parquetMetadataAsync(file),
      state,
    }))
    return new ParquetFile(path, parquet, await loadCompressors(), footer)
  }

  /**
   * Decodes rows of one row group.
   *
   * @throws {DataFileError} if they cannot be read, or the file has changed since its footer was read.
   */
  async read(first: number, rows: number): Promise<Columns> {
    const { metadata, names, compressors } = this
    const chunks = new Map<string, ColumnChunk[]>()
    const onChunk = (chunk: ColumnChunk): void => {
      const own = chunks.get(chunk.columnName)
      if (own === undefined) chunks.set(chunk.columnName, [chunk])
      else own.push(chunk)
    }
    const options = { metadata, compressors, onChunk, rowStart: first, rowEnd: first + rows, utf8: false }
    await withFile(this.path, (file, state) => {
      if (!isSame(state, this.state)) throw new Error('it was changed while it was read')
      return this.#parquet.parquetRead({ ...options, file, useOffsetIndex: true })
    })
    return { names, values: names.map((name) => joined(chunks.get(name) ?? [], first, rows)), rows }
  }
}

/**
 * Makes a digest of the bytes of a row group.
 *
 * @throws {DataFileError} if they cannot be read.
 */
export function digestOf({ path, metadata }: ParquetFile, group: number): Promise<string> {
  const ranges = (metadata.row_groups[group]?.columns ?? []).flatMap(({ meta_data: facts }) =>
    facts === undefined ? [] : [rangeOf(facts)],
  )
  return withFile(path, async (file) => {
    const hash = createHash('sha1')
    const piece = Buffer.allocUnsafe(PIECE)
    for (const { start, end } of ranges)
      for (let at = start; at < end; at += PIECE)
        hash.update(piece.subarray(0, await file.readInto(piece, at, Math.min(PIECE, end - at))))
    return hash.digest('hex')
  })
}

/** The place of a column of a row group. */
function rangeOf(facts: ColumnFacts): { readonly start: number; readonly end: number } {
  const start = Number(facts.dictionary_page_offset || facts.data_page_offset)
  return { start, end: start + Number(facts.total_compressed_size) }
}

/** True if a file has not changed in between. */
export function isSame(a: FileState, b: FileState): boolean {
  return a.size === b.size && a.modified === b.modified
}

/** All codecs but Snappy are in a package of their own. Without it such a file says what it is compressed with. */
async function loadCompressors(): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { compressors } = (await importPackage('hyparquet-compressors')) as { compressors: object }
    return compressors as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}

/** Returns the values of a column, which may come in pieces, and with more before and behind. */
function joined(chunks: readonly ColumnChunk[], rowStart: number, rows: number): ArrayLike<unknown> {
  const [first] = chunks
  if (chunks.length === 1 && first?.rowStart === rowStart && first.columnData.length === rows) return first.columnData
  const all: unknown[] = new Array(rows).fill(null)
  for (const { columnData, rowStart: start } of chunks) {
    const from = Math.max(0, rowStart - start)
    const to = Math.min(columnData.length, rowStart + rows - start)
    for (let at = from; at < to; at++) all[start - rowStart + at] = columnData[at]
  }
  return all
}

async function withFile<T>(path: string, use: (file: AnyPlaceFile, state: FileState) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined
  try {
    const opened = await open(path)
    handle = opened
    const { size, mtimeMs } = await opened.stat()
    const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(Math.max(0, end - start))
      await opened.read(bytes, 0, bytes.length, start)
      return bytes.buffer
    }
    const readInto = async (bytes: Uint8Array, start: number, length: number): Promise<number> => {
      const { bytesRead } = await opened.read(bytes, 0, length, start)
      return bytesRead
    }
    return await use({ byteLength: size, slice, readInto }, { size, modified: mtimeMs })
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
