import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { ByteWriter } from './byte-writer.ts'
import { fieldsOf } from './fields-of.ts'
import type { RowWriter } from './row-writer.ts'
import { columnKind, kindOf, type TableColumn, valuesOf } from './table-columns.ts'

/** Rows in a group: they are held in memory until it is written. */
export const GROUP = 50_000

/** Makes the bytes of a table. */
export interface TableEncoder {
  /** Returns the next bytes: a group of rows, given column by column. The first call may have no rows; JSON comes as text. */
  group(columns: readonly TableColumn[], values: readonly unknown[][], rows: number): Uint8Array | Promise<Uint8Array>
  /** Returns the bytes behind the last group. */
  end(): Uint8Array | Promise<Uint8Array>
}

/** Writes rows as a table, group by group. The fields of the first row are the columns; the first group decides on their types. */
export class TableRows implements RowWriter {
  readonly #path: string
  readonly #encoder: TableEncoder
  readonly #file: ByteWriter
  #columns: readonly TableColumn[] | undefined
  #names: readonly string[] | undefined
  #group: Readonly<Record<string, unknown>>[] = []
  #rows = 0

  private constructor(path: string, encoder: TableEncoder, file: ByteWriter) {
    this.#path = path
    this.#encoder = encoder
    this.#file = file
  }

  /** @throws {DataFileError} if the file cannot be opened. */
  static async open(path: string, encoder: TableEncoder): Promise<TableRows> {
    return new TableRows(path, encoder, await ByteWriter.open(path, 'none'))
  }

  write(row: unknown): Promise<void> | undefined {
    const fields = fieldsOf(row, this.#names, this.#path)
    for (const column of this.#columns ?? []) this.#check(fields[column.name], column)
    this.#names ??= Object.keys(fields)
    this.#group.push(fields)
    this.#rows++
    return this.#group.length < GROUP ? undefined : this.#writeGroup()
  }

  async end(): Promise<{ readonly rows: number; readonly bytes: number }> {
    if (this.#group.length > 0 || this.#columns === undefined) await this.#writeGroup()
    await this.#file.write(await this.#encoder.end())
    return { rows: this.#rows, bytes: await this.#file.end() }
  }

  abandon(): Promise<void> {
    return this.#file.abandon()
  }

  /** Refuses a value that its column cannot hold, before any row of its group is written. */
  #check(value: unknown, { name, kind }: TableColumn): void {
    if (value === null || value === undefined || kind === 'JSON' || kindOf(value) === kind) return
    const problem = `its field "${name}" is a ${typeof value}; this column of the file is ${kind}, as in the first rows`
    throw new DataFileError(this.#path, `cannot write a row to ${this.#path}: ${problem}`)
  }

  async #writeGroup(): Promise<void> {
    const group = this.#group
    this.#group = []
    this.#columns ??= (this.#names ?? []).map((name) => ({ name, kind: columnKind(group, name) }))
    const values = this.#columns.map((column) => this.#valuesOf(group, column))
    let bytes: Uint8Array
    try {
      bytes = await this.#encoder.group(this.#columns, values, group.length)
    } catch (error) {
      throw new DataFileError(this.#path, `cannot write ${this.#path}: ${messageOf(error)}`, { cause: error })
    }
    await this.#file.write(bytes)
  }

  #valuesOf(group: readonly Readonly<Record<string, unknown>>[], column: TableColumn): unknown[] {
    try {
      return valuesOf(group, column)
    } catch (error) {
      const problem = `a value of its field "${column.name}" has no form in JSON: ${messageOf(error)}`
      throw new DataFileError(this.#path, `cannot write ${this.#path}: ${problem}`, { cause: error })
    }
  }
}
