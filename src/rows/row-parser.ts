import type { RowFormat } from './row-format.ts'
import { UnreadableRow } from './unreadable-row.ts'

/** Parses a row by its start and end. */
export type RowParser = (start: number, end: number) => unknown

export function rowParser(format: RowFormat, bytes: Buffer): RowParser {
  if (format.kind === 'lines') return (start, end) => bytes.toString('utf8', start, end)
  return (start, end) => {
    try {
      return JSON.parse(bytes.toString('utf8', start, end))
    } catch (error) {
      throw new UnreadableRow(`not JSON: ${(error as Error).message}`)
    }
  }
}
