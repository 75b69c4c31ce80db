import { JournalError } from '../../errors/run-errors.ts'
import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import { byteLines } from './byte-lines.ts'
import {
  type AttemptLine,
  type BatchLine,
  type EndLine,
  type JournalLine,
  parseLine,
  type RunLine,
  type SampleLine,
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
export interface JournalBatch extends Omit<BatchLine, 'v' | 'state'> {
  readonly run: string
  readonly code: string
  readonly pid: number | null
  readonly host: string
}

/** A line of a journal. */
export type JournalEntry =
  | { readonly kind: 'run'; readonly line: RunLine }
  | { readonly kind: 'row'; readonly row: JournalRow }
  | { readonly kind: 'batch'; readonly batch: JournalBatch }
  | { readonly kind: 'worker'; readonly line: WorkerLine }
  | { readonly kind: 'sample'; readonly line: SampleLine }
  | { readonly kind: 'end'; readonly line: EndLine }

/**
 * Reads the lines of a journal, in order. A last line without its end is skipped. `onAlien` is called for each line that
 * is not one of a journal.
 */
export function* readJournal(file: string, onAlien: () => void = () => {}): Generator<JournalEntry, void> {
  const reader = new EntryReader()
  try {
    for (const bytes of byteLines(file)) {
      if (bytes.length === 0) continue
      const entry = reader.read(bytes)
      if (entry === undefined) onAlien()
      else yield entry
    }
  } catch (cause) {
    throw readingError(file, cause)
  }
}

/** Returns the error for a journal that cannot be read; any other error as it is. */
export function readingError(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'syscall' in cause)) return cause
  return new JournalError(file, `cannot read the journal ${file}: ${cause.message}`, { cause })
}

/** Parses lines, and gives them the facts of their run and their worker, which stand in lines before them. */
export class EntryReader {
  #run: RunLine | undefined
  #workers = new Map<number, WorkerLine>()

  /** Returns undefined for a line that is none of a journal, or belongs to no run. */
  read(bytes: Buffer): JournalEntry | undefined {
    const line = parseLine(bytes)
    return line && this.#entryOf(line)
  }

  #entryOf(line: JournalLine): JournalEntry | undefined {
    if (line.v === 1) return { kind: 'row', row: line }
    if ('type' in line && line.type === 'run') {
      this.#run = line
      this.#workers = new Map()
      return { kind: 'run', line }
    }
    const run = this.#run
    if (run === undefined) return undefined
    if (!('type' in line)) return this.#attempts(run, line)
    if (line.type === 'sample') return { kind: 'sample', line }
    if (line.type === 'end') return { kind: 'end', line }
    this.#workers.set(line.worker, line)
    return { kind: 'worker', line }
  }

  #attempts({ run, code, host }: RunLine, line: AttemptLine | BatchLine): JournalEntry {
    const worker = this.#workers.get(line.worker ?? -1)
    // The line was just parsed, and is no one else's: to copy it would take three times as long as to parse it.
    const about = { run, code, pid: worker?.pid ?? null, host: worker?.host ?? host }
    return 'count' in line
      ? { kind: 'batch', batch: Object.assign(line, about) }
      : { kind: 'row', row: Object.assign(line, about) }
  }
}

/** Reads the attempts of a journal that have lines of their own. */
export function* readRows(file: string): Generator<JournalRow, void> {
  for (const entry of readJournal(file)) if (entry.kind === 'row') yield entry.row
}

/** Reads the secret of the keys of rows; undefined if no run has told one. */
export function readRowSecret(file: string): Uint8Array | undefined {
  for (const entry of readJournal(file)) {
    const secret = entry.kind === 'run' ? secretOf(entry.line) : undefined
    if (secret !== undefined) return secret
  }
  return undefined
}

/** Returns the secret that the head of a run tells; undefined if it tells none. */
export function secretOf({ rowKey }: RunLine): Uint8Array | undefined {
  const secret = typeof rowKey === 'string' ? Buffer.from(rowKey, 'base64') : undefined
  return secret?.length === ROW_KEY_BYTES ? secret : undefined
}
