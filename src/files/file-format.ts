import { extname } from 'node:path'

import { withoutCompression } from './compression.ts'

/** The formats of data files. All but JSON are cut into rows as they come. */
export const FILE_FORMATS = ['lines', 'null', 'json', 'jsonl', 'csv', 'tsv'] as const

export type FileFormat = (typeof FILE_FORMATS)[number]

const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
}

/** Returns the format for a file's extension, before that of its compression; lines if it is no known one. */
export function formatOfFile(path: string): FileFormat {
  return BY_EXTENSION[extname(withoutCompression(path)).toLowerCase()] ?? 'lines'
}
