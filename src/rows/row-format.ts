/** Tells how the bytes of a row become a value. Plain data: it travels to workers. */
export type RowFormat =
  | { readonly kind: 'lines' }
  | { readonly kind: 'jsonl'; readonly exactNumbers?: true }
  | { readonly kind: 'delimited'; readonly delimiter: ',' | '\t'; readonly names: readonly string[] }
  | { readonly kind: 'columns'; readonly names: readonly string[]; readonly types: readonly ColumnType[] }
  | ({ readonly kind: 'parquet' } & StoredRows)

/**
 * Rows that stay in their Parquet file: a worker reads them itself. The bytes of a row are its number in its row group, as an
 * unsigned integer of 32 bits, little-endian.
 */
export interface StoredRows {
  /** The absolute path of the file. */
  readonly file: string
  /** The size of the file, and the time of its last change in milliseconds, by which a change is noticed. */
  readonly size: number
  readonly modified: number
  /** The number of rows before these in the file, and in their row group. */
  readonly first: number
  readonly firstInGroup: number
  readonly rows: number
  /** A digest of the bytes of the row group, in hex digits: a row is known by it and its number. */
  readonly digest: string
  /** Integers beyond 2^53 are bigints. */
  readonly exactNumbers: boolean
}

/**
 * The values of a column of tables, which are JSON on their way: a row is an array of them. `number`: also NaN, infinities
 * and -0, as texts; `integer`: as texts if they are bigints; `date`: milliseconds; `bytes`: base64; `json`: as they are.
 */
export type ColumnType = 'json' | 'number' | 'integer' | 'date' | 'bytes'
