import { AppendedLines } from '../journal/lines/appended-lines.ts'
import {
  EntryReader,
  type JournalBatch,
  type JournalEntry,
  type JournalRow,
  readingError,
} from '../journal/lines/read-journal.ts'
import { monotonicNow } from '../util/time.ts'
import { Digest } from '../view/digest/digest.ts'
import { digestEntry } from './digest-entry.ts'

/** Lines between two looks at the clock. */
const LINES = 64

/** Takes the attempts of the digested run as well. */
export interface AttemptReader {
  /** Called with each attempt that has a row of its own, and with those that share one. `number`: its number in the log, from 1. */
  row(row: JournalRow, number: number): void
  batch(batch: JournalBatch): void
  /** Called when all that came before does not count: another run, or another log. */
  reset(): void
}

/**
 * Digests a job log as it grows: each call of `read` takes the lines that were appended since the last one. Begins anew
 * if the log is another, as after it was replaced or shortened.
 */
export class FollowedLog {
  readonly #file: string
  readonly #run: string | undefined
  readonly #lines: AppendedLines
  readonly #reader: AttemptReader | undefined
  #entries = new EntryReader()
  #digest = new Digest()
  /** The run of the last line, if the last run of the log is wanted. */
  #current: string | undefined
  /** Lines of workers, samples and ends belong to the run of the last head. */
  #isHeadWanted = false
  #version = 0
  /** The number of the last line with attempts, of any run. */
  #number = 0

  /** `run`: the run to digest; without it, the last one in the log. */
  constructor(file: string, run?: string, reader?: AttemptReader) {
    this.#file = file
    this.#run = run
    this.#reader = reader
    this.#lines = new AppendedLines(file)
  }

  /** The digest of all lines so far. Another one after the log was replaced, or if a new run has begun that is the last. */
  get digest(): Digest {
    return this.#digest
  }

  /** Changes whenever a line was read. */
  get version(): number {
    return this.#version
  }

  /**
   * Reads on, for about `budgetMs` milliseconds at most. Returns true if there may be more to read. A log that does not
   * exist has no lines; a last line without its end is read when it has one.
   *
   * @throws {JournalError} if the log cannot be read.
   */
  read(budgetMs: number = Infinity): boolean {
    const until = monotonicNow() + budgetMs
    try {
      if (this.#lines.wasReplaced()) this.#beginAnew()
      let count = 0
      for (const bytes of this.#lines.read()) {
        const entry = bytes.length === 0 ? undefined : this.#entries.read(bytes)
        if (entry !== undefined) this.#take(entry)
        if (++count % LINES === 0 && monotonicNow() > until) return true
      }
      return false
    } catch (cause) {
      throw readingError(this.#file, cause)
    }
  }

  #beginAnew(): void {
    this.#entries = new EntryReader()
    this.#current = undefined
    this.#isHeadWanted = false
    this.#number = 0
    this.#forget()
  }

  #forget(): void {
    this.#digest = new Digest()
    this.#version++
    this.#reader?.reset()
  }

  #take(entry: JournalEntry): void {
    this.#version++
    const isAttempt = entry.kind === 'row' || entry.kind === 'batch'
    if (isAttempt) this.#number++
    if (!this.#belongs(entry)) return
    digestEntry(this.#digest, entry)
    if (entry.kind === 'row') this.#reader?.row(entry.row, this.#number)
    else if (entry.kind === 'batch') this.#reader?.batch(entry.batch)
  }

  #belongs(entry: JournalEntry): boolean {
    switch (entry.kind) {
      case 'run':
        return (this.#isHeadWanted = this.#isWanted(entry.line.run))
      case 'row':
        return this.#isWanted(entry.row.run)
      case 'batch':
        return this.#isWanted(entry.batch.run)
      default:
        return this.#isHeadWanted
    }
  }

  #isWanted(run: string): boolean {
    if (this.#run !== undefined) return run === this.#run
    if (this.#current !== undefined && this.#current !== run) this.#forget()
    this.#current = run
    return true
  }
}

/** Digests what a job log tells of a run; of the last one in it if no name is given. Reads once, in bounded memory. */
export function digestLog(file: string, run?: string): Digest {
  const log = new FollowedLog(file, run)
  log.read()
  return log.digest
}
