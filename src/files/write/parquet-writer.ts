import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { loadPackage } from '../tables/load-package.ts'
import { ByteWriter } from './byte-writer.ts'
import { fieldsOf } from './fields-of.ts'
import type { RowWriter } from './row-writer.ts'

/** Rows in a group: they are held in memory until it is written. */
const GROUP = 50_000

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

type ColumnKind = 'STRING' | 'DOUBLE' | 'INT64' | 'BOOLEAN' | 'TIMESTAMP' | 'BYTE_ARRAY' | 'JSON'

interface Column {
  readonly name: string
  readonly kind: ColumnKind
}

/**
 * Opens a Parquet file to write. The fields of the first rows, a group of them, are the columns, and decide on their types.
 *
 * @throws {DataFileError} if it cannot be opened.
 * @throws {UnsupportedError} if the package that writes it is not installed.
 */
export async function openParquetWriter(path: string): Promise<RowWriter> {
  const name = 'hyparquet-writer'
  const parquet = await loadPackage<ParquetPackage>(() => import('hyparquet-writer'), 'Parquet', name)
  return new ParquetRows(path, parquet, await ByteWriter.open(path, 'none'))
}

class ParquetRows implements RowWriter {
  readonly #path: string
  readonly #parquet: ParquetPackage
  readonly #file: ByteWriter
  readonly #bytes: GroupBytes
  #writer: InstanceType<ParquetPackage['ParquetWriter']> | undefined
  #columns: readonly Column[] | undefined
  #names: readonly string[] | undefined
  #group: Readonly<Record<string, unknown>>[] = []
  #rows = 0

  constructor(path: string, parquet: ParquetPackage, file: ByteWriter) {
    this.#path = path
    this.#parquet = parquet
    this.#file = file
    this.#bytes = new parquet.ByteWriter()
  }

  write(row: unknown): Promise<void> | undefined {
    const fields = fieldsOf(row, this.#names, this.#path)
    for (const { name, kind } of this.#columns ?? []) this.#check(fields[name], name, kind)
    this.#names ??= Object.keys(fields)
    this.#group.push(fields)
    this.#rows++
    return this.#group.length < GROUP ? undefined : this.#writeGroup()
  }

  async end(): Promise<{ readonly rows: number; readonly bytes: number }> {
    if (this.#group.length > 0 || this.#writer === undefined) await this.#writeGroup()
    await this.#writer?.finish()
    await this.#flush()
    return { rows: this.#rows, bytes: await this.#file.end() }
  }

  abandon(): Promise<void> {
    return this.#file.abandon()
  }

  /** Refuses a value that its column cannot hold, before any row of its group is written. */
  #check(value: unknown, name: string, kind: ColumnKind): void {
    if (value === null || value === undefined || kind === 'JSON' || kindOf(value) === kind) return
    const problem = `its field "${name}" is a ${typeof value}; this column of the file is ${kind}, as in the first rows`
    throw new DataFileError(this.#path, `cannot write a row to ${this.#path}: ${problem}`)
  }

  async #writeGroup(): Promise<void> {
    const group = this.#group
    this.#group = []
    this.#columns ??= (this.#names ?? []).map((name) => ({ name, kind: columnKind(group, name) }))
    const columnData = this.#columns.map(({ name, kind }) => ({ name, type: kind, data: valuesOf(group, name, kind) }))
    try {
      this.#writer ??= new this.#parquet.ParquetWriter({ writer: this.#bytes, schema: schemaOf(this.#columns) })
      if (group.length > 0) await this.#writer.write({ columnData, rowGroupSize: GROUP })
    } catch (error) {
      throw new DataFileError(this.#path, `cannot write ${this.#path}: ${messageOf(error)}`, { cause: error })
    }
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#bytes.getBytes())
    this.#bytes.index = 0
    await this.#file.write(bytes)
  }
}

/** The kind that all values of a column have; JSON if they differ, or are nested. */
function columnKind(group: readonly Readonly<Record<string, unknown>>[], name: string): ColumnKind {
  let kind: ColumnKind | undefined
  for (const row of group) {
    const value = row[name]
    if (value === null || value === undefined) continue
    const own = kindOf(value)
    if (own === 'JSON' || (kind !== undefined && own !== kind)) return 'JSON'
    kind = own
  }
  return kind ?? 'JSON'
}

function kindOf(value: unknown): ColumnKind {
  switch (typeof value) {
    case 'string':
      return 'STRING'
    case 'number':
      return 'DOUBLE'
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? 'INT64' : 'JSON'
    case 'boolean':
      return 'BOOLEAN'
    default:
      return value instanceof Date ? 'TIMESTAMP' : value instanceof Uint8Array ? 'BYTE_ARRAY' : 'JSON'
  }
}

function valuesOf(group: readonly Readonly<Record<string, unknown>>[], name: string, kind: ColumnKind): unknown[] {
  return group.map((row) => {
    const value = row[name]
    if (value === null || value === undefined) return null
    return kind === 'JSON' ? asJson(value) : value
  })
}

/** The writer makes the text itself, but not of bigints. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one)))
}

function schemaOf(columns: readonly Column[]): object[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)]
}

function elementOf({ name, kind }: Column): object {
  const element = { name, repetition_type: 'OPTIONAL' }
  if (kind === 'STRING') return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  if (kind === 'JSON') return { ...element, type: 'BYTE_ARRAY', converted_type: 'JSON' }
  if (kind === 'TIMESTAMP') return { ...element, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }
  return { ...element, type: kind }
}
