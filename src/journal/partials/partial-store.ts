import { createHash } from 'node:crypto'
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

import { JournalError } from '../../errors/run-errors.ts'
import { parsePart, type PartFacts, type StoredPart } from './stored-part.ts'

/** The version of the format in which accumulators are stored: that of V8, which writes them. */
const FORMAT = process.versions.v8

/** Bytes in which the facts of a part are looked for, at most. */
const MOST_FACTS = 4_096
const NEWLINE = 0x0a

/**
 * Keeps the partial results of a reduction in a file beside its journal: for each a line of facts, and bytes. Only ever
 * appended to. An end that was torn by a killed process is cut off when the file is opened again.
 */
export class PartialStore {
  readonly #journal: string
  readonly #path: string
  readonly #fd: number
  readonly #warn: (message: string) => void
  #end = 0
  #isOpen = true
  /** The parts of earlier runs, in the order of their inputs. */
  readonly parts: readonly StoredPart[]

  /**
   * Opens the file of a journal, which must be locked. `warn` is told of damage.
   *
   * @throws {JournalError} if it cannot be read or written.
   */
  constructor(journal: string, warn: (message: string) => void) {
    this.#journal = journal
    this.#path = partialsOf(journal)
    this.#warn = warn
    const parts: StoredPart[] = []
    try {
      this.#fd = openSync(this.#path, 'a+', 0o600)
      this.#readAll(parts)
    } catch (cause) {
      throw this.#error('use', cause)
    }
    this.parts = parts.toSorted((a, b) => a.index - b.index)
  }

  /** Reads the bytes of a part. Undefined, with a warning, if they are not those that were written. */
  read(part: StoredPart): Uint8Array | undefined {
    const bytes = Buffer.alloc(part.bytes)
    try {
      const read = readSync(this.#fd, bytes, 0, part.bytes, part.at)
      if (read === part.bytes && sumOf(bytes) === part.sum) return bytes
    } catch (cause) {
      throw this.#error('read', cause)
    }
    this.#warn(`a stored part of ${part.count} inputs in ${this.#path} is damaged: these inputs are added again`)
    return undefined
  }

  /**
   * Appends a part.
   *
   * @throws {JournalError} if it cannot be written.
   */
  append(facts: PartFacts, bytes: Uint8Array): void {
    if (!this.#isOpen) return
    const head = JSON.stringify({ v: 1, format: FORMAT, ...facts, bytes: bytes.length, sum: sumOf(bytes) })
    const record = Buffer.concat([Buffer.from(`${head}\n`), bytes, Buffer.from('\n')])
    try {
      for (let written = 0; written < record.length;) written += writeSync(this.#fd, record, written)
      this.#end += record.length
    } catch (cause) {
      this.close()
      throw this.#error('write', cause)
    }
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#fd)
  }

  #readAll(parts: StoredPart[]): void {
    const { size } = fstatSync(this.#fd)
    const head = Buffer.alloc(MOST_FACTS)
    while (this.#end < size) {
      const length = readSync(this.#fd, head, 0, MOST_FACTS, this.#end)
      const facts = head.subarray(0, length).indexOf(NEWLINE)
      const part = facts < 0 ? undefined : parsePart(head.toString('utf8', 0, facts), this.#end + facts + 1)
      const next = part && part.at + part.bytes + 1
      // The last one may be torn. One in the middle cannot be, so that something else has happened to the file.
      if (part === undefined || next === undefined || next > size) {
        if (facts >= 0 && part === undefined)
          this.#warn(`${this.#path} is damaged: what it kept from byte ${this.#end} on is added again`)
        ftruncateSync(this.#fd, this.#end)
        return
      }
      if (part.format === FORMAT) parts.push(part)
      this.#end = next
    }
  }

  #error(verb: string, cause: unknown): JournalError {
    const message = `cannot ${verb} the stored parts of the journal, ${this.#path}: ${(cause as Error).message}`
    return new JournalError(this.#journal, message, { cause })
  }
}

/** Returns the file that keeps the partial results of a journal. */
export function partialsOf(journal: string): string {
  return `${journal}.partials`
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}
