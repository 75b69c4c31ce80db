import { extname } from 'node:path'

/** How inputs can stand in a file or on stdin. */
export const INPUT_FORMATS = ['lines', 'null', 'json', 'jsonl', 'csv', 'tsv'] as const

export type InputFormat = (typeof INPUT_FORMATS)[number]

const BY_EXTENSION: Readonly<Record<string, InputFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
}

/** The format that the end of a file's name tells: lines, where it tells none. */
export function formatOfFile(path: string): InputFormat {
  return BY_EXTENSION[extname(path).toLowerCase()] ?? 'lines'
}
