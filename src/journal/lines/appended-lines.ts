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
  readonly #tail: number
  /** The first line is a part of one. */
  #isTorn = false

  /** `tail`: bytes of what is there already, from the end, that are read. */
  constructor(file: string, tail: number = Infinity) {
    this.#file = file
    this.#tail = tail
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
      this.#skip(size)
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
      for (const line of byteLines(this.#file, this.#place)) {
        if (this.#isTorn) this.#isTorn = false
        else yield line
      }
    } finally {
      this.#before = this.#bytesBefore(fd)
      closeSync(fd)
    }
  }

  /** Passes over the beginning of a file that was not read before. */
  #skip(size: number): void {
    if (this.#inode !== 0 || size <= this.#tail) return
    this.#place.offset = size - this.#tail
    this.#isTorn = true
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
