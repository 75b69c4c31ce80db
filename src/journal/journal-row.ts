import { JournalError } from '../errors/run-errors.ts'
import { completeLines } from './complete-lines.ts'

/** The outcomes of an attempt, in the order in which summaries list them. */
export const ROW_STATES = ['ok', 'cached', 'skipped', 'failed', 'timeout', 'crashed', 'aborted'] as const

export type RowState = (typeof ROW_STATES)[number]

/** One attempt, as a line of a journal. */
export interface JournalRow {
  readonly v: 1
  readonly run: string
  /** The position of the input in its run. */
  readonly task: number
  /** The content key of the input. */
  readonly key: string
  readonly input?: unknown
  readonly attempt: number
  readonly state: RowState
  /** Milliseconds since 1970; null if the worker could not tell. */
  readonly start: number | null
  readonly ms: number | null
  readonly worker: number | null
  readonly pid: number | null
  readonly host: string
  /** Identifies the function with all that it uses. */
  readonly code: string
  /** In a pipeline: the step that failed. */
  readonly step?: string
  /** The end of the line of its result in the run's output, in bytes. */
  readonly out?: number
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined } | undefined
}

/** Parses a line; undefined if it is not a row. Other fields are ignored. */
export function parseRow(line: string): JournalRow | undefined {
  let row: Partial<JournalRow> | null
  try {
    row = JSON.parse(line) as Partial<JournalRow> | null
  } catch {
    return undefined
  }
  const isRow =
    typeof row === 'object' &&
    row !== null &&
    row.v === 1 &&
    typeof row.run === 'string' &&
    typeof row.key === 'string' &&
    typeof row.code === 'string' &&
    Number.isInteger(row.task) &&
    Number.isInteger(row.attempt) &&
    (ROW_STATES as readonly unknown[]).includes(row.state)
  return isRow ? (row as JournalRow) : undefined
}

/**
 * Reads the rows of a journal, in order. A last line without its end is skipped. `onAlien` is called for each line that
 * is not a row.
 */
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
