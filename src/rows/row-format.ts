/** Tells how the bytes of a row become a value. Plain data: it travels to workers. */
export type RowFormat =
  | { readonly kind: 'lines' }
  | { readonly kind: 'jsonl'; readonly exactNumbers?: true }
  | { readonly kind: 'delimited'; readonly delimiter: ',' | '\t'; readonly names: readonly string[] }
