import { closeSync, openSync, readSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'

import { RowCutter } from '../../rows/cut/row-cutter.ts'
import type { OutputKind } from './output-kind.ts'

/** Bytes in which the header of a file is looked for. */
const BEGINNING = 2 ** 20

/** Returns the columns of a file of CSV or TSV; undefined if there is no header in it. */
export function columnsIn(path: string, { format, compression }: OutputKind): readonly string[] | undefined {
  if (format !== 'csv' && format !== 'tsv') return undefined
  const bytes = beginningOf(path)
  const text =
    compression === 'gzip' && bytes.length > 0 ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes
  const cutter = new RowCutter(format, path)
  cutter.room(text.length).set(text)
  cutter.take(text.length)
  return cutter.columns
}

function beginningOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(BEGINNING)
    return bytes.subarray(0, readSync(file, bytes, 0, BEGINNING, 0))
  } finally {
    closeSync(file)
  }
}
