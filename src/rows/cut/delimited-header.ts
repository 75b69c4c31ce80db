import { isUtf8 } from 'node:buffer'

import { DataFileError } from '../../errors/file-errors.ts'
import { fieldsOf } from '../parse/delimited-fields.ts'

/**
 * Reads the first row of CSV or TSV, which names the columns. `file` and `line` are its place, for errors.
 *
 * @throws {DataFileError} if it cannot be read, or a column has no name of its own.
 */
export function readHeader(row: Buffer, delimiter: ',' | '\t', file: string, line: number): readonly string[] {
  const refuse = (problem: string): DataFileError => new DataFileError(file, `${file}:${line}: ${problem}`, { line })
  let names: readonly string[]
  try {
    names = fieldsOf(row.toString(), delimiter)
  } catch (error) {
    throw refuse(`the header cannot be read: ${(error as Error).message}`)
  }
  if (!isUtf8(row)) throw refuse('the header cannot be read: not UTF-8')
  const columns = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const column = index + 1
    if (name.trim() === '') throw refuse(`column ${column} has no name; the first row must name all columns`)
    const first = columns.get(name)
    if (first !== undefined)
      throw refuse(`columns ${first} and ${column} are both called "${name}"; each needs a name of its own`)
    columns.set(name, column)
  }
  return names
}
