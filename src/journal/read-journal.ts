import { JournalError } from '../errors/run-errors.ts'
import { ROW_KEY_BYTES } from '../rows/keys/row-keys.ts'
import { completeLines } from './complete-lines.ts'
import {
  type AttemptLine,
  type BatchLine,
  type EndLine,
  parseLine,
  type RunLine,
  type WorkerLine,
} from './journal-line.ts'

/** One attempt, with the facts of its run and its worker. */
export interface JournalRow extends Omit<AttemptLine, 'v'> {
  readonly run: string
  /** Identifies the function with all that it uses. */
  readonly code: string
  readonly pid: number | null
  readonly host: string
}

/** Quick successes of consecutive inputs, with the facts of their run and their worker. */
export interface JournalBatch extends Omit<BatchLine, 'v' | 'keys' | 'state'> {
  readonly run: string
  readonly code: string
  readonly keys: Uint8Array
  readonly pid: number | null
  readonly host: string
}

/** A line of a journal. */
export type JournalEntry =
  | { readonly kind: 'run'; readonly line: RunLine }
  | { readonly kind: 'row'; readonly row: JournalRow }
  | { readonly kind: 'batch'; readonly batch: JournalBatch }
  | { readonly kind: 'end'; readonly line: EndLine }

/**
 * Reads the lines of a journal, in order. A last line without its end is skipped. `onAlien` is called for each line that
 * is not one of a journal.
 */
export function* readJournal(file: string, onAlien: () => void = () => {}): Generator<JournalEntry, void> {
  let run: RunLine | undefined
  let workers = new Map<number, WorkerLine>()
  try {
    for (const text of completeLines(file)) {
      if (text === '') continue
      const line = parseLine(text)
      if (line === undefined) {
        onAlien()
        continue
      }
      if (line.v === 1) {
        yield { kind: 'row', row: line }
        continue
      }
      if ('type' in line && line.type === 'run') {
        run = line
        workers = new Map()
        yield { kind: 'run', line }
        continue
      }
      if (run === undefined) {
        onAlien()
        continue
      }
      if ('type' in line) {
        if (line.type === 'worker') workers.set(line.worker, line)
        else yield { kind: 'end', line }
        continue
      }
      const worker = workers.get(line.worker ?? -1)
      const about = { run: run.run, code: run.code, pid: worker?.pid ?? null, host: worker?.host ?? run.host }
      if (!('count' in line)) {
        yield { kind: 'row', row: { ...line, ...about } }
        continue
      }
      const keys = Buffer.from(line.keys, 'base64')
      if (keys.length === line.count * ROW_KEY_BYTES) yield { kind: 'batch', batch: { ...line, ...about, keys } }
      else onAlien()
    }
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new JournalError(file, `cannot read the journal ${file}: ${cause.message}`, { cause })
  }
}

/** Reads the attempts of a journal that have lines of their own. */
export function* readRows(file: string): Generator<JournalRow, void> {
  for (const entry of readJournal(file)) if (entry.kind === 'row') yield entry.row
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
