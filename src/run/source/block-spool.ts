import { randomBytes } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'

import type { FilePlace } from '../../rows/file-range.ts'

/** A folder of Linux whose files are memory. */
const MEMORY_FOLDER = '/dev/shm'
/** Blocks of more bytes are sent. */
const LARGEST = 2 ** 20 + 2 ** 16
/** Blocks of fewer bytes are sent: a file would not be worth it. */
const SMALLEST = 2 ** 16
/** The mark of a slot stands before its bytes. */
const MARK_BYTES = 8
const SLOT_BYTES = LARGEST + MARK_BYTES
/** Blocks that are held at a time, at most. */
const SLOTS = 16

/** Each block of this process has another mark, also if files have the same name one after the other. */
let marks = 0

/** A block whose bytes stand in the file. */
export interface SpooledBlock {
  readonly place: FilePlace
  /** Call it when no worker needs the bytes any more: others are written over them. */
  free(): void
}

/**
 * Holds blocks that stand in no file as they are, since they were decompressed or came through a pipe, in a file of
 * memory. Worker processes read their rows there, which takes half of the time of sending them. The file has no name: it
 * is gone when this process is.
 */
export class BlockSpool {
  #fd: number | undefined
  #isClosed = process.platform !== 'linux'
  readonly #free: number[] = []
  #slots = 0

  /** Writes bytes to the file. Returns undefined if they have to be sent. */
  copy(bytes: Uint8Array): SpooledBlock | undefined {
    if (this.#isClosed || bytes.length < SMALLEST || bytes.length > LARGEST) return undefined
    const slot = this.#free.pop() ?? (this.#slots < SLOTS ? this.#slots++ : undefined)
    if (slot === undefined) return undefined
    const markAt = slot * SLOT_BYTES
    const mark = ++marks
    try {
      const fd = (this.#fd ??= openUnnamed())
      // The mark first: a worker that reads the bytes of another block sees that its mark is gone.
      writeAll(fd, new Uint8Array(Float64Array.of(mark).buffer), markAt)
      writeAll(fd, bytes, markAt + MARK_BYTES)
    } catch {
      // There is no such folder, or no room in it.
      this.close()
      return undefined
    }
    const place = {
      file: `/proc/${process.pid}/fd/${this.#fd}`,
      version: { markAt, mark },
      offset: markAt + MARK_BYTES,
    }
    return { place, free: () => this.#free.push(slot) }
  }

  /** Lets the file go. A worker that has not read its rows yet gets them sent. */
  close(): void {
    this.#isClosed = true
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

function openUnnamed(): number {
  const path = `${MEMORY_FOLDER}/manyhands-${process.pid}-${randomBytes(8).toString('hex')}`
  const fd = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return fd
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
