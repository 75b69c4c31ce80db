import { extname } from 'node:path'

import { withoutCompression } from './compression.ts'

/** The formats of data files. Parquet and Arrow are read by packages that are loaded when they are needed. */
export const FILE_FORMATS = ['lines', 'null', 'json', 'jsonl', 'csv', 'tsv', 'parquet', 'arrow'] as const

/** The format of a data file. `null` is text with a zero byte after each item, as `find -print0` writes it. */
export type FileFormat = (typeof FILE_FORMATS)[number]

/** The formats that are text. */
export type TextFormat = Exclude<FileFormat, 'parquet' | 'arrow'>

const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
  '.feather': 'arrow',
}

/** Returns the format for a file's extension, before that of its compression; lines if it is no known one. */
export function formatOfFile(path: string): FileFormat {
  return BY_EXTENSION[extname(withoutCompression(path)).toLowerCase()] ?? 'lines'
}
