import { BoundsList } from '../../rows/cut/bounds-list.ts'
import { LineScanner } from '../../rows/cut/line-scanner.ts'
import { fieldSetter } from '../../rows/parse/field-setter.ts'
import type { RowFormat } from '../../rows/row-format.ts'
import { cellEncoder, cellReader, type Integers, typeOf } from './column-cells.ts'

/** Some rows of a table, column by column. */
export interface Columns {
  readonly names: readonly string[]
  readonly values: readonly ArrayLike<unknown>[]
  readonly rows: number
}

/** Rows as bytes, with the start and the end of each. */
export interface RowBytes {
  readonly bytes: Buffer
  readonly bounds: Uint32Array
}

/** Rows of a table that were decoded: as values, and as bytes of format `columns`. */
export class TableSlice {
  readonly rows: number
  readonly format: RowFormat & { readonly kind: 'columns' }
  readonly #columns: Columns
  readonly #encode: readonly ((value: unknown) => unknown)[]
  readonly #read: readonly ((value: unknown) => unknown)[]
  readonly #set: ReturnType<typeof fieldSetter>

  constructor(columns: Columns, integers: Integers) {
    const types = columns.values.map(typeOf)
    this.rows = columns.rows
    this.format = { kind: 'columns', names: columns.names, types }
    this.#columns = columns
    this.#encode = types.map((type) => cellEncoder(type, integers))
    this.#read = types.map((type) => cellReader(type, integers))
    this.#set = fieldSetter(columns.names)
  }

  /** Returns a row as an object, which is the caller's own. */
  value(row: number): Record<string, unknown> {
    const { names, values } = this.#columns
    const object: Record<string, unknown> = {}
    for (let column = 0; column < names.length; column++)
      this.#set(object, names[column] as string, this.#read[column]?.(values[column]?.[row]))
    return object
  }

  /** Returns rows as bytes: an array of JSON each. */
  bytesOf(rows: readonly number[]): RowBytes {
    const { values } = this.#columns
    const row = new Array<unknown>(values.length)
    const lines: string[] = []
    for (const at of rows) {
      for (let column = 0; column < row.length; column++) row[column] = this.#encode[column]?.(values[column]?.[at])
      lines.push(JSON.stringify(row))
    }
    const bytes = Buffer.from(lines.join('\n'))
    const bounds = new BoundsList()
    new LineScanner('\n', false).scan(bytes, 0, true, bounds)
    return { bytes, bounds: bounds.take() }
  }
}
