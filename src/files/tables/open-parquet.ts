import { resolve } from 'node:path'

import { inexactWarning, type Warn } from '../block-check.ts'
import type { RowFile } from '../row-files.ts'
import { columnBlocks } from './column-blocks.ts'
import { digestOf, ParquetFile } from './parquet-file.ts'
import { storedBlock } from './stored-block.ts'
import { longInteger, suitsWorkers } from './suits-workers.ts'

/** Rows that are decoded at a time, at most: those of larger groups are divided. */
const SLICE = 2 ** 16

/** Rows of one row group. */
export interface SliceBounds {
  readonly group: number
  /** The number of rows before them in the file, and in their group. */
  readonly first: number
  readonly firstInGroup: number
  readonly rows: number
}

/**
 * Opens a Parquet file. Only its footer is read. Its rows are read slice by slice, a row group or a part of a large one: here,
 * or by workers.
 *
 * @throws {DataFileError} if it is not Parquet.
 * @throws {UnsupportedError} if the package that reads it is not installed.
 */
export async function openParquet(path: string, exact: boolean, warn: Warn): Promise<RowFile> {
  const file = await ParquetFile.open(path)
  const slices = slicesOf(file)
  let hasWarned = false
  const onRounded = (value: bigint): void => {
    if (!hasWarned) warn(inexactWarning(path, String(value)))
    hasWarned = true
  }
  const inWorkers = suitsWorkers(file, exact)
  return {
    async *blocks() {
      for (const { first, rows } of slices)
        yield* columnBlocks(await file.read(first, rows), path, first, { exact, onRounded })
    },
    storedBlocks: inWorkers
      ? async function* () {
          const long = exact ? undefined : longInteger(file.metadata)
          if (long !== undefined) onRounded(long)
          let digest = ''
          for (const { group, ...bounds } of slices) {
            if (bounds.firstInGroup === 0) digest = await digestOf(file, group)
            const terms = { kind: 'parquet', file: resolve(path), ...file.state, digest, exactNumbers: exact } as const
            yield storedBlock({ ...terms, ...bounds }, path)
          }
        }
      : undefined,
    count: slices.reduce((sum, { rows }) => sum + rows, 0),
  }
}

/** Divides the groups of a file into slices of about the same size. */
function slicesOf({ metadata }: ParquetFile): SliceBounds[] {
  const slices: SliceBounds[] = []
  let first = 0
  for (const [group, { num_rows: count }] of metadata.row_groups.entries()) {
    const start = first
    const end = first + Number(count)
    const parts = Math.ceil((end - first) / SLICE)
    const size = Math.ceil((end - first) / parts)
    for (; first < end; first += size)
      slices.push({ group, first, firstInGroup: first - start, rows: Math.min(size, end - first) })
    first = end
  }
  return slices
}
