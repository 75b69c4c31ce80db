import { JournalError } from '../errors/run-errors.ts'
import { completeLines } from './complete-lines.ts'
import { type JournalRow, parseRow } from './journal-row.ts'

/** The rows of a journal, in order. A last line without its end is no row. `onAlien` is told of each line that is none. */
export function* readJournal(file: string, onAlien: () => void = () => {}): Generator<JournalRow, void> {
  try {
    for (const line of completeLines(file)) {
      if (line === '') continue
      const row = parseRow(line)
      if (row === undefined) onAlien()
      else yield row
    }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new JournalError(file, `cannot read the journal ${file}: ${cause.message}`, { cause })
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
