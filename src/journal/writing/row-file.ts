import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

import { JournalError } from '../../errors/run-errors.ts'
import { atExit } from '../../util/at-exit.ts'

/** So many characters are written at once at the latest. */
const ENOUGH = 2 ** 18
/** The longest time that a line waits for others to be written with, in milliseconds. */
const GATHER_MS = 5

/** Appends lines to a file: in groups, whole or not at all, and all of them before the process exits. */
export class RowFile {
  readonly #path: string
  readonly #fd: number
  readonly #onError: (error: JournalError) => void
  #gathered = ''
  /** The last writer was stopped in the middle of a line: the first line is to end it. */
  #isTorn: boolean
  /** Gives a line that is still being made. */
  #unfinished: (() => string) | undefined
  #length: number
  #soon: NodeJS.Timeout | undefined
  #broken = false
  #open = true
  readonly #forget: () => void

  /**
   * Opens the file. Calls `onError` once, when it can no longer be written. @throws {JournalError} if it cannot be
   * opened.
   */
  constructor(path: string, onError: (error: JournalError) => void) {
    this.#path = path
    this.#onError = onError
    try {
      this.#fd = openSync(path, 'a+')
    } catch (cause) {
      throw new JournalError(path, `cannot write the journal ${path}: ${(cause as Error).message}`, { cause })
    }
    this.#length = fstatSync(this.#fd).size
    this.#isTorn = this.#length > 0 && !this.#endsWithNewline()
    this.#forget = atExit(() => this.flush())
  }

  append(line: string): void {
    this.#finish()
    this.#gathered += `${line}\n`
    if (this.#gathered.length >= ENOUGH) this.flush()
    else this.#flushSoon()
  }

  /** Appends a line that is not finished yet: `finish` gives it before the next one is appended, or all are written. */
  appendUnfinished(finish: () => string): void {
    this.#finish()
    if (this.#gathered.length >= ENOUGH) this.flush()
    this.#unfinished = finish
    this.#flushSoon()
  }

  flush(): void {
    if (this.#soon !== undefined) clearTimeout(this.#soon)
    this.#soon = undefined
    this.#finish()
    if (this.#gathered === '' || this.#broken || !this.#open) return
    const bytes = Buffer.from(this.#isTorn ? `\n${this.#gathered}` : this.#gathered)
    this.#gathered = ''
    this.#isTorn = false
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written)
      this.#length += bytes.length
    } catch (cause) {
      this.#broken = true
      this.#takeBack()
      this.#onError(
        new JournalError(this.#path, `cannot write the journal ${this.#path}: ${(cause as Error).message}`, { cause }),
      )
    }
  }

  close(): void {
    this.flush()
    if (!this.#open) return
    this.#open = false
    this.#forget()
    closeSync(this.#fd)
  }

  #flushSoon(): void {
    // Lines that wait are written before the process exits, so this need not keep it alive.
    this.#soon ??= setTimeout(() => this.flush(), GATHER_MS).unref()
  }

  #finish(): void {
    const finish = this.#unfinished
    this.#unfinished = undefined
    if (finish !== undefined) this.#gathered += `${finish()}\n`
  }

  /** Removes the part of a line that was written. */
  #takeBack(): void {
    try {
      ftruncateSync(this.#fd, this.#length)
    } catch {
      // Pipes and devices keep what they have.
    }
  }

  #endsWithNewline(): boolean {
    const last = Buffer.alloc(1)
    return readSync(this.#fd, last, 0, 1, this.#length - 1) === 1 && last[0] === 0x0a
  }
}
