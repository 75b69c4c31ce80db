import { fileURLToPath } from 'node:url'

import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { oneOf } from '../../options/checks.ts'
import { describeValue } from '../../options/describe-value.ts'
import { readOptions } from '../../options/read-options.ts'
import { type Compression, compressionOf, COMPRESSIONS } from '../compression.ts'
import { FILE_FORMATS, type FileFormat, formatOfFile } from '../file-format.ts'
import { openRowWriter } from './open-row-writer.ts'
import type { RowWriter } from './row-writer.ts'

/** The options of {@link writeRows}. */
export interface WriteRowsOptions {
  /** The format; default: that of the file's name. */
  readonly format?: FileFormat | undefined
  /** The compression of the file; default: told by the end of its name. */
  readonly compression?: Compression | undefined
}

/** The size of the written file. */
export interface WrittenRows {
  readonly rows: number
  /** The size of the file, compressed if it is. */
  readonly bytes: number
}

const TABLE = { format: oneOf(...FILE_FORMATS), compression: oneOf(...COMPRESSIONS) }

/**
 * Writes what is iterated to a file, a row each: the results of `map`, rows of other files, any iterable. The format goes by
 * the file's name: `.jsonl`, `.json`, `.csv`, `.tsv`, `.parquet` (with the package
 * `hyparquet-writer`), `.arrow` (with `@uwdata/flechette`), a line each for other names; compressed if it ends in `.gz`, `.zst`
 * (Node 22.15 or later) or `.br`.
 *
 * Reads no faster than the file can be written. What was in the file is replaced when the first row comes. The columns of
 * CSV and TSV are the fields of the first row; later rows may lack some, which are empty then. If reading throws, the rows
 * before that are in the file, which is complete otherwise.
 *
 * @returns the number of rows, and of bytes, when all is written
 * @throws {InvalidArgumentError} if an argument is wrong.
 * @throws {DataFileError} if the file cannot be written, or the format has no form for a row: CSV for a field that the first
 * row had not, lines for an object or a newline.
 * @example
 * ```ts
 * import { map } from 'manyhands'
 * import { rows, writeRows } from 'manyhands/files'
 *
 * await writeRows('scores.csv.gz', map(rows<Player>('players.jsonl'), scoreOf))
 * ```
 */
export async function writeRows(
  path: string | URL,
  results: Iterable<unknown> | AsyncIterable<unknown>,
  options?: WriteRowsOptions,
): Promise<WrittenRows> {
  const file = pathOf(path)
  const given = readOptions(options, TABLE)
  const chunks = chunksOf(results)
  const writer = await openRowWriter(file, {
    format: given.format ?? formatOfFile(file),
    compression: given.compression ?? compressionOf(file),
  })
  return writeAll(chunks, writer)
}

async function writeAll(chunks: AsyncIterable<readonly unknown[]>, writer: RowWriter): Promise<WrittenRows> {
  let problem: { readonly error: unknown } | undefined
  try {
    for await (const chunk of chunks)
      for (const row of chunk) {
        const room = writer.write(row)
        if (room !== undefined) await room
      }
  } catch (error) {
    problem = { error }
  }
  const written = await writer.end().catch(async (error: unknown) => {
    problem ??= { error }
    await writer.abandon()
  })
  if (problem !== undefined) throw problem.error
  return written as WrittenRows
}

function pathOf(path: unknown): string {
  if (typeof path === 'string' && path !== '') return path
  if (path instanceof URL && path.protocol === 'file:') return fileURLToPath(path)
  throw new InvalidArgumentError('path', 'a path, or a file: URL', describeValue(path))
}

/** Reads many values at a time if they can be had so, as the results of a run can. */
function chunksOf(results: unknown): AsyncIterable<readonly unknown[]> {
  if (typeof results === 'object' && results !== null) {
    if ('batches' in results && typeof results.batches === 'function')
      return (results.batches as () => AsyncIterable<readonly unknown[]>)()
    if (Symbol.asyncIterator in results) return oneByOne(results as AsyncIterable<unknown>)
    if (Symbol.iterator in results) return oneByOne(results as Iterable<unknown>)
  }
  throw new InvalidArgumentError('results', 'an iterable, or an async iterable, of rows', describeValue(results))
}

async function* oneByOne(
  values: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<readonly unknown[], void, undefined> {
  for await (const value of values) yield [value]
}
