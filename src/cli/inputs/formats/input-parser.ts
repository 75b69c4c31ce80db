import { DelimitedParser } from './delimited-parser.ts'
import type { InputFormat } from './input-format.ts'
import { JsonLinesParser } from './json-lines-parser.ts'
import { LineParser, type Warn } from './line-parser.ts'

/** Makes inputs of bytes as they come. */
export interface InputParser {
  /** False until what stands before the first input has been read. */
  readonly hasBegun: boolean
  /** The inputs that are whole now; a `BadRow` in place of one that cannot be read. */
  push(chunk: Uint8Array): unknown[]
  /** The inputs in what is left when no more comes. */
  end(): unknown[]
}

/** A parser for a format of which not all must be there before it can be read. `name` is that of the file. */
export function inputParser(format: Exclude<InputFormat, 'json'>, name: string, warn: Warn): InputParser {
  switch (format) {
    case 'lines':
      return new LineParser('\n', name, warn)
    case 'null':
      return new LineParser('\0', name, warn)
    case 'jsonl':
      return new JsonLinesParser(name)
    case 'csv':
      return new DelimitedParser(',', name)
    case 'tsv':
      return new DelimitedParser('\t', name)
  }
}
