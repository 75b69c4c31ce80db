import { rowKeys } from '../../rows/keys/row-keys.ts'
import type { RowBlock } from '../../rows/row-block.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import type { KeyCounts } from './key-counts.ts'
import { KEY_WORDS, keyWords } from './key-table.ts'

/** Rows as bytes. */
export type RowBytes = Pick<RowBlock, 'bytes' | 'bounds' | 'format'>

/**
 * Takes the rows of a block from counts of keys. Returns 1 for each row that was there; undefined if none was. A row is
 * parsed only if there are keys of values: it may be there as a value. One that cannot be parsed is not.
 */
export function takeRows(
  counts: KeyCounts,
  { bytes, bounds, format }: RowBytes,
  secret: Uint8Array,
  parse: (row: number) => unknown,
): Uint8Array | undefined {
  const length = bounds.length / 2
  if (counts.size === 0) return undefined
  const words = counts.sizeOf('row') === 0 ? undefined : keyWords(rowKeys(bytes, bounds, secret, format))
  let taken: Uint8Array | undefined
  for (let row = 0; row < length; row++) {
    const isThere =
      (words !== undefined && counts.takeWords('row', words, row * KEY_WORDS)) || takeValue(counts, () => parse(row))
    if (isThere) (taken ??= new Uint8Array(length))[row] = 1
  }
  return taken
}

/** The same for a run that takes only the rows with these keys: returns 1 for each that is not among them. */
export function rowsNotIn(
  only: KeyCounts,
  block: RowBytes,
  secret: Uint8Array,
  parse: (row: number) => unknown,
): Uint8Array {
  const runs = takeRows(only, block, secret, parse)
  return runs?.map((one) => 1 - one) ?? new Uint8Array(block.bounds.length / 2).fill(1)
}

function takeValue(counts: KeyCounts, parse: () => unknown): boolean {
  if (counts.sizeOf('value') === 0) return false
  let value: unknown
  try {
    value = parse()
  } catch {
    return false
  }
  return counts.take(contentKey(value))
}
