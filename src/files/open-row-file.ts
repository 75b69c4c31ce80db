import { stat } from 'node:fs/promises'

import { DataFileError } from '../errors/file-errors.ts'
import { RowCutter, type RowFormatName } from '../rows/cut/row-cutter.ts'
import { rowCount } from '../rows/row-block.ts'
import { BlockCheck, inexactWarning, type Warn } from './block-check.ts'
import { BlockReader } from './block-reader.ts'
import type { ByteReader } from './bytes/byte-reader.ts'
import { openBytes, openStream } from './bytes/open-bytes.ts'
import { cannotRead } from './cannot-read.ts'
import { type Compression, compressionOf } from './compression.ts'
import { type FileFormat, formatOfFile } from './file-format.ts'
import { openJson } from './open-json.ts'
import type { RowFile } from './row-files.ts'
import { openArrow } from './tables/open-arrow.ts'
import { openParquet } from './tables/open-parquet.ts'

/** Larger files, in bytes, are not counted: that would take longer than it is worth. */
const LARGEST_COUNTED = 2 ** 26

/** Options for reading a file, or stream, of inputs. */
export interface ReadOptions {
  readonly format: FileFormat
  readonly compression: Compression
  /** Numbers of JSON are kept as they are written, as bigints or texts if need be. */
  readonly exactNumbers: boolean
  /** Rows are counted when a file is opened, unless that would take long. */
  readonly counts: boolean
  readonly warn: Warn
}

/** Returns how a file is read that has this name; what is given goes before it. */
export function readOptionsFor(
  path: string,
  { warn, ...given }: Partial<ReadOptions> & Pick<ReadOptions, 'warn'>,
): ReadOptions {
  return {
    format: given.format ?? formatOfFile(path),
    compression: given.compression ?? compressionOf(path),
    exactNumbers: given.exactNumbers ?? false,
    counts: given.counts ?? false,
    warn,
  }
}

/**
 * Opens a file of inputs, and reads what has to be checked before anything runs: a header, or all of a JSON file.
 *
 * @throws {DataFileError} if that is wrong, or the file cannot be read.
 * @throws {UnsupportedError} if this Node cannot read files that are compressed so.
 */
export async function openRowFile(path: string, options: ReadOptions): Promise<RowFile> {
  const { format, compression, exactNumbers, warn } = options
  if (format === 'parquet' || format === 'arrow') return openTable(path, options)
  const bytes = await openBytes(path, compression)
  // A pipe can be read only once.
  if (format === 'json' || !(await stat(path)).isFile()) return openReader(bytes, path, options)
  const cutter = (): RowCutter => new RowCutter(format, path, exactNumbers)
  await checkBeginning(new BlockReader(bytes, cutter()))
  return {
    async *blocks() {
      yield* new BlockReader(await openBytes(path, compression), cutter(), new BlockCheck(warn)).blocks()
    },
    count: options.counts && compression === 'none' ? await countRows(path, format) : undefined,
  }
}

/**
 * Opens a stream of inputs, which can be read only once; reads its header. `name`: what the user calls it.
 *
 * @throws {DataFileError} if that is wrong, or the stream cannot be read.
 */
export function openRowStream(pieces: AsyncIterable<Uint8Array>, name: string, options: ReadOptions): Promise<RowFile> {
  return openReader(openStream(pieces, name, options.compression), name, options)
}

/** Tables are read in any place, so they can be no pipes, and are compressed inside. */
async function openTable(path: string, { format, compression, exactNumbers, warn }: ReadOptions): Promise<RowFile> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    (error: unknown) => Promise.reject(cannotRead(path, error)),
  )
  if (!isFile || compression !== 'none') throw new DataFileError(path, notATable(path, format))
  if (format === 'parquet') return openParquet(path, exactNumbers, warn)
  let hasWarned = false
  const onRounded = (value: bigint): void => {
    if (!hasWarned) warn(inexactWarning(path, String(value)))
    hasWarned = true
  }
  return openArrow(path, { exact: exactNumbers, onRounded })
}

function notATable(name: string, format: FileFormat): string {
  const title = format === 'parquet' ? 'Parquet' : 'Arrow'
  return `${name} cannot be read as ${title}: expected a file that is not compressed as a whole, and no pipe`
}

async function openReader(
  bytes: ByteReader,
  name: string,
  { format, exactNumbers, warn }: ReadOptions,
): Promise<RowFile> {
  if (format === 'parquet' || format === 'arrow') {
    await bytes.close()
    throw new DataFileError(name, notATable(name, format))
  }
  if (format === 'json') return openJson(bytes, name, exactNumbers, warn)
  const reader = new BlockReader(bytes, new RowCutter(format, name, exactNumbers), new BlockCheck(warn))
  await reader.begin()
  return { blocks: () => reader.blocks(), count: undefined }
}

async function checkBeginning(reader: BlockReader): Promise<void> {
  try {
    await reader.begin()
  } finally {
    await reader.close()
  }
}

/** Counts the rows of a file; undefined if that would take long. Errors are reported when the file is read. */
async function countRows(path: string, format: RowFormatName): Promise<number | undefined> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST_COUNTED) return undefined
    let count = 0
    const reader = new BlockReader(await openBytes(path, 'none'), new RowCutter(format, path))
    for await (const block of reader.blocks()) count += rowCount(block)
    return count
  } catch {
    return undefined
  }
}
