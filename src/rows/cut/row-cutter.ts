import { DataFileError } from '../../errors/file-errors.ts'
import type { RowBlock } from '../row-block.ts'
import type { RowFormat } from '../row-format.ts'
import { BlockMemory } from './block-memory.ts'
import { BoundsList } from './bounds-list.ts'
import { readHeader } from './delimited-header.ts'
import { DelimitedScanner } from './delimited-scanner.ts'
import { LineNumbers } from './line-numbers.ts'
import { LineScanner } from './line-scanner.ts'
import type { RowScanner } from './row-scanner.ts'

/** The formats whose rows can be cut out of bytes. */
export type RowFormatName = 'lines' | 'null' | 'jsonl' | 'csv' | 'tsv'

/** Longer rows, in bytes, mean that a file is not text. */
const LONGEST = 2 ** 28

const LINES: RowFormat = { kind: 'lines' }
const JSON_LINES: RowFormat = { kind: 'jsonl' }
const EXACT_JSON: RowFormat = { kind: 'jsonl', exactNumbers: true }

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')

/** Cuts the bytes of one file, which come piece by piece, into blocks of whole rows. What is left of a row is carried over. */
export class RowCutter {
  readonly #name: string
  readonly #delimiter: ',' | '\t' | undefined
  readonly #scanner: RowScanner
  readonly #rows = new BoundsList()
  readonly #memory = new BlockMemory()
  #format: RowFormat | undefined
  /** Bytes that belong to no block yet, and room behind them. */
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0
  #isFirst = true
  /** The number of bytes that were cut, and of those before the last ones. */
  #cutBytes = 0
  #offset = 0

  /** `name`: the file, as the user named it. `exactNumbers`: numbers of JSON are parsed without loss. */
  constructor(format: RowFormatName, name: string, exactNumbers = false) {
    this.#name = name
    this.#delimiter = format === 'csv' ? ',' : format === 'tsv' ? '\t' : undefined
    if (this.#delimiter === undefined) {
      this.#scanner = new LineScanner(format === 'null' ? '\0' : '\n', format === 'jsonl')
      this.#format = format === 'jsonl' ? (exactNumbers ? EXACT_JSON : JSON_LINES) : LINES
    } else this.#scanner = new DelimitedScanner(this.#delimiter)
  }

  /** False until the header, if there is one, was read. */
  get hasBegun(): boolean {
    return this.#format !== undefined
  }

  /** The number of bytes before the block that was returned last. */
  get offset(): number {
    return this.#offset
  }

  /** The names in the header; undefined if it was not read, or the format has none. */
  get columns(): readonly string[] | undefined {
    return this.#format?.kind === 'delimited' ? this.#format.names : undefined
  }

  /** Returns memory of at least `size` bytes for what comes next. It is the caller's until `take`. */
  room(size: number): Buffer {
    if (this.#bytes.length - this.#length < size) {
      // A long row is not copied again for each piece of it.
      const larger = this.#memory.take(this.#length + Math.max(size, this.#length))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    return this.#bytes.subarray(this.#length)
  }

  /**
   * Takes the first `length` bytes of the room. Returns the rows that are complete now, if there are any.
   *
   * @throws {DataFileError} if the header cannot be read, or a row is too long to be one.
   */
  take(length: number): RowBlock | undefined {
    this.#length += length
    return this.#cut(false)
  }

  /**
   * Returns the rows in the rest, when no more bytes come.
   *
   * @throws {DataFileError} if the header cannot be read.
   */
  end(): RowBlock | undefined {
    return this.#cut(true)
  }

  #cut(isLast: boolean): RowBlock | undefined {
    const bytes = this.#bytes.subarray(0, this.#length)
    const from = this.#isFirst ? markLength(bytes, isLast) : 0
    if (from === undefined || bytes.length === 0) return undefined
    const firstLine = this.#scanner.line
    const end = this.#scanner.scan(bytes, from, isLast, this.#rows)
    const rest = bytes.subarray(end)
    if (rest.length > LONGEST)
      throw new DataFileError(
        this.#name,
        `${this.#name} holds a line of more than ${LONGEST / 2 ** 20} MiB: is it text?`,
      )
    if (end === 0) return undefined
    this.#isFirst = false
    this.#offset = this.#cutBytes
    this.#cutBytes += end
    const whole = bytes.subarray(0, end)
    const memory = this.#bytes
    // Others may get the block's memory to keep.
    this.#bytes = Buffer.from(rest)
    this.#length = rest.length
    return this.#blockOf(whole, firstLine, memory)
  }

  #blockOf(bytes: Buffer, firstLine: number, memory: Buffer): RowBlock | undefined {
    if (this.#rows.rows === 0) return undefined
    const all = this.#rows.take()
    const numbers = new LineNumbers(bytes, this.#scanner.separator, all, firstLine)
    const skipped = this.#format === undefined ? 1 : 0
    this.#format ??= this.#readHeader(bytes.subarray(all[0], all[1]), numbers.lineOf(0))
    const bounds = all.subarray(2 * skipped)
    if (bounds.length === 0) return undefined
    return {
      format: this.#format,
      name: this.#name,
      bytes,
      bounds,
      lineOf: (row) => numbers.lineOf(row + skipped),
      release: () => this.#memory.giveBack(memory),
    }
  }

  #readHeader(row: Buffer, line: number): RowFormat {
    const delimiter = this.#delimiter as ',' | '\t'
    return { kind: 'delimited', delimiter, names: readHeader(row, delimiter, this.#name, line) }
  }
}

/** Returns the length of the byte order mark at the beginning; undefined if more bytes must come to know. */
function markLength(bytes: Buffer, isLast: boolean): number | undefined {
  const beginning = bytes.subarray(0, BYTE_ORDER_MARK.length)
  if (!BYTE_ORDER_MARK.subarray(0, beginning.length).equals(beginning)) return 0
  return beginning.length === BYTE_ORDER_MARK.length ? beginning.length : isLast ? 0 : undefined
}
