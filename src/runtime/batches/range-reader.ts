import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

import { IdleClearing } from '../../files/tables/idle-clearing.ts'
import { type FileRange, isSameVersion, type SlotVersion, versionOf } from '../../rows/file-range.ts'

/** Files that are kept open, at most. */
const FILES = 4
/** The usual memory for a range: that of a batch. */
const USUAL = 2 ** 19 + 2 ** 16
/** Memory that is kept to be used again, at most. */
const KEPT = 4

/** Reads parts of files that the host has read before. Files stay open for some seconds, since more of them will be read. */
export class RangeReader {
  readonly #open = new Map<string, number>()
  readonly #free: Buffer[] = []
  readonly #clearing = new IdleClearing(() => this.#close(this.#open.size))

  /** Returns the bytes of a range; undefined if the file cannot be read, or is another one than the host has read. */
  read(range: FileRange): Buffer | undefined {
    this.#clearing.used()
    const memory = this.#free.pop() ?? Buffer.allocUnsafeSlow(USUAL)
    const into = range.length > memory.length ? Buffer.allocUnsafeSlow(range.length) : memory
    const bytes = into.subarray(0, range.length)
    // The path may lead to another file by now.
    if (this.#fill(bytes, range) || (this.#forget(range.file) && this.#fill(bytes, range))) return bytes
    this.giveBack(bytes)
    return undefined
  }

  /** Takes the memory of bytes back that nothing looks at any more. */
  giveBack({ buffer, byteOffset }: Buffer): void {
    if (buffer.byteLength === USUAL && byteOffset === 0 && this.#free.length < KEPT)
      this.#free.push(Buffer.from(buffer))
  }

  #fill(bytes: Buffer, { file, version, offset }: FileRange): boolean {
    try {
      const fd = this.#fdOf(file)
      for (let have = 0; have < bytes.length;) {
        const read = readSync(fd, bytes, have, bytes.length - have, offset + have)
        if (read === 0) return false
        have += read
      }
      // Looked at last: a change while it was read is seen.
      return 'mark' in version ? hasMark(fd, version) : isSameVersion(version, versionOf(fstatSync(fd)))
    } catch {
      return false
    }
  }

  #fdOf(file: string): number {
    const known = this.#open.get(file)
    if (known !== undefined) return known
    if (this.#open.size === FILES) this.#close(1)
    // If it has become a pipe by now, nothing waits for its other end.
    const fd = openSync(file, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0))
    this.#open.set(file, fd)
    return fd
  }

  /** Returns true if the file was open. */
  #forget(file: string): boolean {
    const fd = this.#open.get(file)
    if (fd === undefined) return false
    this.#open.delete(file)
    closeSync(fd)
    return true
  }

  /** Closes the files that were opened first. */
  #close(count: number): void {
    for (const file of [...this.#open.keys()].slice(0, count)) this.#forget(file)
  }
}

function hasMark(fd: number, { markAt, mark }: SlotVersion): boolean {
  const there = new Float64Array(1)
  return readSync(fd, there, 0, there.byteLength, markAt) === there.byteLength && there[0] === mark
}
