import { DataFileError } from '../../errors/file-errors.ts'
import type { StoredRows } from '../../rows/row-format.ts'
import { IdleClearing } from './idle-clearing.ts'
import { isSame, ParquetFile } from './parquet-file.ts'
import { TableSlice } from './table-slice.ts'

/** The files that were read last. */
const files = new Map<string, Promise<ParquetFile>>()
/** The slice that was read last. Batches hold those whose rows run. */
let last: { readonly key: string; readonly slice: Promise<TableSlice> } | undefined
const clearing = new IdleClearing(() => {
  last = undefined
  files.clear()
})

/**
 * Reads rows that stay in their file. The last slice is kept, since many batches have rows of one slice.
 *
 * @throws {DataFileError} if they cannot be read, or the file has changed.
 */
export function readSlice(stored: StoredRows): Promise<TableSlice> {
  const { file, size, modified, first, rows, exactNumbers } = stored
  const key = JSON.stringify([file, size, modified, first, rows, exactNumbers])
  clearing.used()
  if (last?.key !== key) last = { key, slice: decode(stored) }
  return last.slice
}

async function decode(stored: StoredRows): Promise<TableSlice> {
  const file = await fileOf(stored)
  return new TableSlice(await file.read(stored.first, stored.rows), { exact: stored.exactNumbers, onRounded: () => {} })
}

/** Returns a file in the state in which the sender saw it: reading fails if it has another. */
async function fileOf({ file: path, size, modified }: StoredRows): Promise<ParquetFile> {
  const state = { size, modified }
  let file = await files.get(path)
  if (file === undefined || !isSame(file.state, state)) {
    const opened = ParquetFile.open(path)
    files.set(path, opened)
    opened.catch(() => files.delete(path))
    file = await opened
  }
  if (!isSame(file.state, state)) throw new DataFileError(path, `${path} was changed while it was read`)
  return file
}
