import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

import { byteLines, type LinePlace } from './byte-lines.ts'

/** Bytes before the place up to which a file was read: if they are others, so is the file. */
const REMEMBERED = 256

/** Reads the lines of a file as it grows: those that were appended since the last look and end with a newline. */
export class AppendedLines {
  readonly #file: string
  #place: LinePlace = { offset: 0 }
  #inode = 0
  #before = Buffer.alloc(0)

  constructor(file: string) {
    this.#file = file
  }

  /** Returns how much of the file was read, in bytes. */
  get offset(): number {
    return this.#place.offset
  }

  /**
   * Looks whether the file is still the one that was read. If it was replaced, shortened or written anew, `read` begins at
   * its start again. A file that is gone stays as it was.
   */
  wasReplaced(): boolean {
    const { offset } = this.#place
    const fd = this.#open()
    if (fd === undefined) return false
    try {
      const { ino, size } = fstatSync(fd)
      const isSame =
        this.#inode === 0 || (ino === this.#inode && size >= offset && this.#bytesBefore(fd).equals(this.#before))
      this.#inode = ino
      if (isSame) return false
    } finally {
      closeSync(fd)
    }
    this.#place = { offset: 0 }
    this.#before = Buffer.alloc(0)
    return true
  }

  /** Reads on. A line is valid until the next is asked for; those that are not asked for come at the next call. */
  *read(): Generator<Buffer, void> {
    const fd = this.#open()
    if (fd === undefined) return
    try {
      yield* byteLines(this.#file, this.#place)
    } finally {
      this.#before = this.#bytesBefore(fd)
      closeSync(fd)
    }
  }

  /** Opens the file; undefined if there is none. */
  #open(): number | undefined {
    try {
      return openSync(this.#file, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  #bytesBefore(fd: number): Buffer<ArrayBuffer> {
    const { offset } = this.#place
    const bytes = Buffer.alloc(Math.min(REMEMBERED, offset))
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offset - bytes.length))
  }
}
