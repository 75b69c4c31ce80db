import { DataFileError } from '../../errors/file-errors.ts'
import { jsonLine } from '../../rows/json-line.ts'
import type { TextFormat } from '../file-format.ts'
import { delimitedEncoder } from './delimited-encoder.ts'
import type { RowEncoder } from './row-encoder.ts'

/** Makes the encoder for a format. `path`: the file, for errors; `columns`: those of CSV and TSV that are in it already. */
export function encoderFor(format: TextFormat, path: string, columns?: readonly string[]): RowEncoder {
  switch (format) {
    case 'jsonl':
      return { encode: (row) => jsonLineOf(row, path), end: () => '' }
    case 'json':
      return arrayEncoder(path)
    case 'lines':
      return lineEncoder('\n', path)
    case 'null':
      return lineEncoder('\0', path)
    case 'csv':
      return delimitedEncoder(',', path, columns)
    case 'tsv':
      return delimitedEncoder('\t', path, columns)
  }
}

function jsonLineOf(row: unknown, path: string): string {
  try {
    return jsonLine(row)
  } catch (error) {
    throw new DataFileError(path, `cannot write a row to ${path} as JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** An array, with an element a line. */
function arrayEncoder(path: string): RowEncoder {
  let isFirst = true
  return {
    encode: (row) => {
      const text = jsonLineOf(row, path).slice(0, -1)
      const before = isFirst ? '[\n' : ',\n'
      isFirst = false
      return before + text
    },
    end: () => (isFirst ? '[]\n' : '\n]\n'),
  }
}

/** Texts with their ends. */
function lineEncoder(separator: '\n' | '\0', path: string): RowEncoder {
  return {
    encode: (row) => {
      if (typeof row === 'object' && row !== null)
        throw new DataFileError(
          path,
          `cannot write a row to ${path} as a line: expected a text or a number, got an object. ` +
            'Name the file .jsonl or .csv, or give the option format',
        )
      const text = String(row)
      if (text.includes(separator))
        throw new DataFileError(
          path,
          `cannot write a row to ${path} as a line: it holds a ${separator === '\n' ? 'newline' : 'NUL'}. ` +
            'Name the file .jsonl, or give the option format',
        )
      return text + separator
    },
    end: () => '',
  }
}
