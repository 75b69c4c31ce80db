import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { messageOf } from '../util/message-of.ts'

/** A file that is full is given up as a whole, once nothing in it is wanted any more. */
const FILE_BYTES = 256 * 1024 * 1024

/** A part of a temporary file. */
export interface Stretch {
  readonly file: SpillFile
  readonly at: number
  readonly bytes: number
}

interface SpillFile {
  readonly fd: number
  /** Removes the file's name, if that was not possible at once. */
  readonly remove: () => void
  size: number
  /** Stretches in it that are still wanted. */
  wanted: number
}

/**
 * Keeps data on disk that there is too much of for memory.
 *
 * The files lose their names as soon as they are open: nothing is left behind, however the process ends.
 */
export class Spill {
  readonly #folder: string | undefined
  #current: SpillFile | undefined
  readonly #files = new Set<SpillFile>()

  constructor(folder?: string) {
    this.#folder = folder
  }

  /** Writes data. Throws if the disk does not take it. */
  write(data: Buffer): Stretch {
    const file = this.#room()
    const at = file.size
    for (let done = 0; done < data.length;) done += writeSync(file.fd, data, done, data.length - done, at + done)
    file.size += data.length
    file.wanted++
    return { file, at, bytes: data.length }
  }

  read({ file, at, bytes }: Stretch): Buffer {
    if (!this.#files.has(file)) throw new Error('its file is closed')
    const data = Buffer.allocUnsafe(bytes)
    for (let done = 0; done < bytes;) {
      const read = readSync(file.fd, data, done, bytes - done, at + done)
      if (read === 0) throw new Error('a temporary file is shorter than what was written to it')
      done += read
    }
    return data
  }

  /** Frees the room of a part that is no longer needed. */
  drop({ file }: Stretch): void {
    if (--file.wanted > 0 || !this.#files.has(file)) return
    if (file === this.#current) {
      ftruncateSync(file.fd, 0)
      file.size = 0
    } else this.#close(file)
  }

  /** Gives all of it up. */
  close(): void {
    for (const file of this.#files) this.#close(file)
    this.#current = undefined
  }

  #room(): SpillFile {
    if (this.#current === undefined || this.#current.size >= FILE_BYTES) {
      this.#current = openNameless(this.#folder ?? tmpdir())
      this.#files.add(this.#current)
    }
    return this.#current
  }

  #close(file: SpillFile): void {
    this.#files.delete(file)
    closeSync(file.fd)
    file.remove()
  }
}

/** A file that only this process can get at. */
function openNameless(parent: string): SpillFile {
  const folder = mkdtempSync(join(parent, 'manyhands-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const fd = openSync(join(folder, 'output'), 'wx+', 0o600)
    return { fd, remove: removeEarly(remove), size: 0, wanted: 0 }
  } catch (error) {
    remove()
    throw error
  }
}

/**
 * Removes the folder now. If open files cannot be removed, returns the function to call later, by the end of the
 * process.
 */
function removeEarly(remove: () => void): () => void {
  try {
    remove()
    return () => {}
  } catch {
    process.once('exit', remove)
    return () => {
      process.off('exit', remove)
      remove()
    }
  }
}

/** Warns that a temporary file cannot be written, so that output may be dropped from now on. */
export function warnOfNoRoom(error: unknown): void {
  process.emitWarning(
    `tasks print more than fits in memory, and a temporary file cannot be written: ${messageOf(error)}. ` +
      'Output that does not fit is dropped and counted',
    { type: 'ManyhandsWarning', code: 'MH_OUTPUT_DROPPED' },
  )
}
