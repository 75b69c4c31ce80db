import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

import { isAlive, type Owner, parseOwner } from '../claims/owner.ts'
import { HEAD_BYTES, MAGIC, readHead, type ReadHead } from '../record.ts'

/** Packs are scanned in pieces of this size, in bytes; a record that is larger gets a piece of its own. */
const PIECE = 1 << 20

/** Takes the records that a scan of a pack finds. */
export interface PackReader {
  record(pack: Pack, head: ReadHead, offset: number, bytes: Buffer): void
  broken(): void
}

/**
 * The name of a pack's file: `<id>.<size>.pack`, or `<id>.<owner>.open` while it has a writer. The size is part of it so
 * that a pack that has grown has another name.
 */
export interface PackName {
  readonly id: string
  readonly owner: Owner | undefined
  /** The end of the last whole record, if the name tells it; else 0. */
  readonly size: number
  readonly file: string
}

export function parsePackName(file: string): PackName | undefined {
  const [id, detail, ending, ...more] = file.split('.')
  if (id === undefined || id === '' || detail === undefined || more.length > 0) return undefined
  if (ending === 'pack') return { id, owner: undefined, size: Number.parseInt(detail, 36) || 0, file }
  const owner = ending === 'open' ? parseOwner(detail) : undefined
  return owner === undefined ? undefined : { id, owner, size: 0, file }
}

/** Returns the name of a pack that has no writer. */
export function freePackName(id: string, size: number): PackName {
  return { id, owner: undefined, size, file: `${id}.${size.toString(36)}.pack` }
}

/** A file of records, one after the other. One thread at a time appends to it; any number read it. */
export class Pack {
  readonly id: string
  readonly #fd: number
  name: PackName
  /** All before this has been read. */
  scanned = 0
  /** True while bytes are skipped that are not part of a record. */
  #skipping = false
  /** True once records were found missing at its end. */
  #isCut = false

  constructor(folder: string, name: PackName) {
    this.id = name.id
    this.name = name
    this.#fd = openSync(join(folder, name.file), 'r')
  }

  /** True if a writer may append to it. */
  get isOpen(): boolean {
    return this.name.owner !== undefined
  }

  /** True if its writer may be alive. */
  get isTaken(): boolean {
    return this.name.owner !== undefined && isAlive(this.name.owner) !== false
  }

  get size(): number {
    return fstatSync(this.#fd).size
  }

  /** The user who owns the file, as far as the system tells. */
  get uid(): number {
    return fstatSync(this.#fd).uid
  }

  /** When it was last written, in milliseconds since 1970. */
  get writtenAt(): number {
    return fstatSync(this.#fd).mtimeMs
  }

  /** Reads part of the file into a buffer. Returns false if the file is shorter than that. */
  read(into: Buffer, offset: number, length: number): boolean {
    let done = 0
    while (done < length) {
      const count = readSync(this.#fd, into, done, length - done, offset + done)
      if (count === 0) return false
      done += count
    }
    return true
  }

  /** Reads the records that were appended since the last time. */
  scan(reader: PackReader): void {
    const size = this.size
    while (this.scanned < size) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, size - this.scanned))
      if (!this.read(piece, this.scanned, piece.length)) break
      const used = this.#scanPiece(piece, this.scanned + piece.length === size, reader)
      if (used === 0) break
      this.scanned += used
    }
    if (this.scanned >= this.name.size || this.#isCut) return
    this.#isCut = true
    reader.broken()
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** Returns how many bytes of the piece are done with. */
  #scanPiece(piece: Buffer, isLast: boolean, reader: PackReader): number {
    let at = 0
    while (at + HEAD_BYTES <= piece.length) {
      const head = readHead(piece, at)
      if (head === undefined) {
        const next = nextHead(piece, at + 1)
        // It is being written, or its writer died: nothing comes after it.
        if (next === undefined && isLast && this.isOpen) return at
        if (!this.#skipping) reader.broken()
        this.#skipping = next === undefined
        // The next one may be cut off by the end of the piece.
        at = next ?? (isLast ? piece.length : Math.max(at + 1, piece.length - HEAD_BYTES + 1))
        continue
      }
      this.#skipping = false
      const whole = at + head.length <= piece.length
      if (!whole && isLast) return at
      if (!whole && at > 0) return at
      if (whole) reader.record(this, head, this.scanned + at, piece.subarray(at, at + head.length))
      else if (!this.#longer(head, reader)) return 0
      at += head.length
    }
    return at
  }

  /** A record that is larger than a piece. */
  #longer(head: ReadHead, reader: PackReader): boolean {
    const bytes = Buffer.allocUnsafe(head.length)
    if (!this.read(bytes, this.scanned, head.length)) return false
    reader.record(this, head, this.scanned, bytes)
    return true
  }
}

/** Returns the position of the next valid head in a piece. */
function nextHead(piece: Buffer, from: number): number | undefined {
  for (let at = piece.indexOf(MAGIC, from); at >= 0; at = piece.indexOf(MAGIC, at + 1))
    if (readHead(piece, at) !== undefined) return at
  return undefined
}
