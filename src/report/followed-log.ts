import { AppendedLines } from '../journal/lines/appended-lines.ts'
import { EntryReader, type JournalEntry, readingError } from '../journal/lines/read-journal.ts'
import { monotonicNow } from '../util/time.ts'
import { Digest } from '../view/digest/digest.ts'
import { digestEntry } from './digest-entry.ts'

/** Lines between two looks at the clock. */
const LINES = 64

/**
 * Digests a job log as it grows: each call of `read` takes the lines that were appended since the last one. Begins anew
 * if the log is another, as after it was replaced or shortened.
 */
export class FollowedLog {
  readonly #file: string
  readonly #run: string | undefined
  readonly #lines: AppendedLines
  #entries = new EntryReader()
  #digest = new Digest()
  /** The run of the last line, if the last run of the log is wanted. */
  #current: string | undefined
  /** Lines of workers, samples and ends belong to the run of the last head. */
  #isHeadWanted = false
  #version = 0

  /** `run`: the run to digest; without it, the last one in the log. */
  constructor(file: string, run?: string) {
    this.#file = file
    this.#run = run
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
    this.#digest = new Digest()
    this.#current = undefined
    this.#isHeadWanted = false
    this.#version++
  }

  #take(entry: JournalEntry): void {
    this.#version++
    if (this.#belongs(entry)) digestEntry(this.#digest, entry)
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
    if (this.#current !== undefined && this.#current !== run) this.#digest = new Digest()
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
