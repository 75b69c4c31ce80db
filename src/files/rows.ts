import { fileURLToPath } from 'node:url'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { DataFileError } from '../errors/file-errors.ts'
import { oneOf } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import type { RowBlock } from '../rows/row-block.ts'
import { RowSupply } from '../rows/row-supply.ts'
import { checkCompression, type Compression, COMPRESSIONS } from './compression.ts'
import { FILE_FORMATS, type FileFormat } from './file-format.ts'
import { isPattern, matchFiles } from './match-files.ts'
import { openRowFile, openRowStream, type ReadOptions, readOptionsFor } from './open-row-file.ts'
import type { RowFile } from './row-files.ts'

/** A file by its path or URL, the files that a glob matches, or a stream of bytes. */
export type RowsSource = string | URL | AsyncIterable<Uint8Array>

/** The options of {@link rows}. */
export interface RowsOptions {
  /** The format of all files; without it each has that of its name, and streams are lines. */
  readonly format?: FileFormat | undefined
  /** The compression of all files; without it that of each is told by the end of its name, and streams have none. */
  readonly compression?: Compression | undefined
  /**
   * `'rounded'`: numbers of JSON are numbers; a warning tells of the first one that is not kept. `'exact'`: integers beyond
   * 2^53 are bigints, and numbers beyond the range of numbers (`1e400`) texts. Default `'rounded'`.
   */
  readonly numbers?: 'rounded' | 'exact' | undefined
}

/** The options of {@link lines}. */
export type LinesOptions = Pick<RowsOptions, 'compression'>

const LINES_TABLE = { compression: oneOf(...COMPRESSIONS) }
const TABLE = { ...LINES_TABLE, format: oneOf(...FILE_FORMATS), numbers: oneOf('rounded', 'exact') }

/**
 * The rows of data files, one after the other: a value for each line of JSON Lines, each element of a JSON array, an object
 * of texts for each row of CSV and TSV, a text for each line of anything else.
 *
 * As the inputs of `map` they are read as bytes and parsed in the workers, which is several times as fast as to parse them
 * here; a row that cannot be read is the failure of its own task (an `UnreadableRowError`), and the others go on. Read in a
 * loop they are parsed here, and such a row ends the loop. Files are opened when their turn comes and read as there is room
 * for more; to break off closes them. A stream can be read only once, files again and again. Files that end in `.gz`,
 * `.zst` (Node 22.15 or later) or `.br` are decompressed off this thread.
 *
 * @param paths a path, a URL, a glob (its files come sorted), a stream of bytes, or a list of these
 * @throws {InvalidArgumentError} if a path or an option is wrong. Reading throws a {@link DataFileError} if a file, or its
 * header, cannot be read.
 * @example
 * ```ts
 * import { map } from 'manyhands'
 * import { rows } from 'manyhands/files'
 *
 * for await (const score of map(rows<Player>('players-*.jsonl.gz'), scoreOf)) console.log(score)
 * ```
 */
export function rows<T = unknown>(paths: RowsSource | readonly RowsSource[], options?: RowsOptions): AsyncIterable<T> {
  const { numbers, ...given } = readOptions(options, TABLE)
  return new OpenedInTurn<T>(sourcesOf(paths), { ...given, exactNumbers: numbers === 'exact' })
}

/**
 * The lines of files, one after the other, as texts without their ends (`\n` or `\r\n`), blank ones too. All else is as
 * with {@link rows}. Bytes that are not UTF-8 arrive as U+FFFD, and a warning tells of them once for each file.
 *
 * @throws {InvalidArgumentError} if a path or an option is wrong.
 * @example
 * ```ts
 * const lengths = await map(lines('words.txt'), (word) => word.length)
 * ```
 */
export function lines(paths: RowsSource | readonly RowsSource[], options?: LinesOptions): AsyncIterable<string> {
  return new OpenedInTurn<string>(sourcesOf(paths), { ...readOptions(options, LINES_TABLE), format: 'lines' })
}

type Given = Partial<Omit<ReadOptions, 'warn'>>

class OpenedInTurn<T> extends RowSupply<T> {
  readonly #sources: readonly (string | AsyncIterable<Uint8Array>)[]
  readonly #given: Given

  constructor(sources: readonly (string | AsyncIterable<Uint8Array>)[], given: Given) {
    super()
    if (given.compression !== undefined) checkCompression(given.compression)
    this.#sources = sources
    this.#given = given
  }

  async *blocks(): AsyncGenerator<RowBlock, void, undefined> {
    for await (const file of this.#opened()) yield* file.blocks()
  }

  override storedBlocks(): AsyncGenerator<RowBlock, void, undefined> | undefined {
    const isTable = (source: unknown): boolean =>
      typeof source === 'string' && this.#optionsFor(source).format === 'parquet'
    return this.#sources.some(isTable) ? this.#stored() : undefined
  }

  count(): undefined {
    return undefined
  }

  async *#stored(): AsyncGenerator<RowBlock, void, undefined> {
    for await (const file of this.#opened()) yield* (file.storedBlocks ?? file.blocks)()
  }

  /** Opens the files one after the other. */
  async *#opened(): AsyncGenerator<RowFile, void, undefined> {
    for (const source of this.#sources) {
      if (typeof source !== 'string') yield await openRowStream(source, 'the stream', this.#optionsFor(''))
      else for (const path of await pathsOf(source)) yield await openRowFile(path, this.#optionsFor(path))
    }
  }

  #optionsFor(path: string): ReadOptions {
    return readOptionsFor(path, { ...this.#given, warn })
  }
}

async function pathsOf(path: string): Promise<readonly string[]> {
  if (!isPattern(path)) return [path]
  const found = await matchFiles(path)
  if (found.length === 0) throw new DataFileError(path, `no files match "${path}"`)
  return found
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_DATA_FILE' })
}

function sourcesOf(paths: unknown): readonly (string | AsyncIterable<Uint8Array>)[] {
  return Array.isArray(paths) ? paths.map((one) => sourceOf(one)) : [sourceOf(paths)]
}

function sourceOf(source: unknown): string | AsyncIterable<Uint8Array> {
  if (typeof source === 'string') return source
  if (source instanceof URL && source.protocol === 'file:') return fileURLToPath(source)
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source)
    return source as AsyncIterable<Uint8Array>
  throw new InvalidArgumentError(
    'paths',
    'a path, a file: URL, a glob, a stream of bytes, or a list of these',
    describeValue(source),
  )
}
