import { extname } from 'node:path'

/** The formats of inputs in files and on stdin. */
export const INPUT_FORMATS = ['lines', 'null', 'json', 'jsonl', 'csv', 'tsv'] as const

export type InputFormat = (typeof INPUT_FORMATS)[number]

const BY_EXTENSION: Readonly<Record<string, InputFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
}

/** Returns the format for a file's extension; lines if it is no known one. */
export function formatOfFile(path: string): InputFormat {
  return BY_EXTENSION[extname(path).toLowerCase()] ?? 'lines'
}

/** A row among the inputs that could not be read. It fails, and the others go on. */
export class BadRow extends Error {
  override readonly name = 'bad row'
  /** `rows.csv:17` */
  readonly position: string

  constructor(position: string, message: string) {
    super(message)
    this.position = position
  }
}

/** Warns the user of something odd in the inputs. */
export type Warn = (message: string) => void

/** Parses bytes into inputs as they come. */
export interface InputParser {
  /** False until the header, or what else precedes the first input, has been read. */
  readonly hasBegun: boolean
  /** Returns the inputs that are complete now; a `BadRow` in place of one that cannot be read. */
  push(chunk: Uint8Array): unknown[]
  /** Returns the inputs in the rest, when no more bytes come. */
  end(): unknown[]
}
