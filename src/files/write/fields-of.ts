import { DataFileError } from '../../errors/file-errors.ts'

/** The column of rows that are no objects. */
const ONLY_COLUMN = 'value'

/**
 * Returns the fields of a row of a table. A row that is no object is the only field, `value`.
 *
 * @param columns those of the first row; undefined for that itself
 * @throws {DataFileError} for arrays, rows without fields, and fields that the first row had not: they would be lost.
 */
export function fieldsOf(
  row: unknown,
  columns: readonly string[] | undefined,
  path: string,
): Readonly<Record<string, unknown>> {
  const refuse = (problem: string): DataFileError =>
    new DataFileError(path, `cannot write a row to ${path}: ${problem}`)
  if (Array.isArray(row)) throw refuse('expected an object with a field for each column, got an array')
  const isRecord = typeof row === 'object' && row !== null && !(row instanceof Date) && !ArrayBuffer.isView(row)
  const fields = isRecord ? (row as Record<string, unknown>) : { [ONLY_COLUMN]: row }
  const names = Object.keys(fields)
  if (columns === undefined && names.length === 0) throw refuse('it has no fields')
  const added = columns === undefined ? undefined : names.find((name) => !columns.includes(name))
  if (added !== undefined)
    throw refuse(`it has a field "${added}", which the first row had not. Columns are those of the first row`)
  return fields
}
