/** Tells how the bytes of a row become a value. Plain data: it travels to workers. */
export type RowFormat =
  | { readonly kind: 'lines' }
  | { readonly kind: 'jsonl'; readonly exactNumbers?: true }
  | { readonly kind: 'delimited'; readonly delimiter: ',' | '\t'; readonly names: readonly string[] }
  | { readonly kind: 'columns'; readonly names: readonly string[]; readonly types: readonly ColumnType[] }

/**
 * The values of a column of tables, which are JSON on their way: a row is an array of them. `number`: also NaN, infinities
 * and -0, as texts; `integer`: as texts if they are bigints; `date`: milliseconds; `bytes`: base64; `json`: as they are.
 */
export type ColumnType = 'json' | 'number' | 'integer' | 'date' | 'bytes'
