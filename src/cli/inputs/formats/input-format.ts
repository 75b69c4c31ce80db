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

/** A row among the inputs that could not be read: it fails, and the others go on. */
export class BadRow extends Error {
  override readonly name = 'bad row'
  /** `rows.csv:17` */
  readonly position: string

  constructor(place: string, message: string) {
    super(message)
    this.position = place
  }
}

/** Tells the user of something odd in the inputs. */
export type Warn = (message: string) => void

/** Makes inputs of bytes as they come. */
export interface InputParser {
  /** False until what stands before the first input has been read. */
  readonly hasBegun: boolean
  /** The inputs that are whole now; a `BadRow` in place of one that cannot be read. */
  push(chunk: Uint8Array): unknown[]
  /** The inputs in what is left when no more comes. */
  end(): unknown[]
}
