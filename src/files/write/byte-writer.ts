import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'

import { DataFileError } from '../../errors/file-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { type Compression, encoderFor } from '../compression.ts'

/** Bytes that may wait for a slow disk. */
const WAITING = 2 ** 20

/** Writes a file, compressed off this thread, no faster than it takes it. What was in it stays until the first bytes come, or the end. */
export class ByteWriter {
  readonly #path: string
  readonly #file: FileHandle
  readonly #target: Writable & { readonly bytesWritten: number }
  /** The stream that takes what is written. */
  readonly #first: Writable
  #isEmptied = false
  #problem: DataFileError | undefined
  #wake = (): void => {}

  private constructor(path: string, file: FileHandle, compression: Compression) {
    this.#path = path
    this.#file = file
    const target = file.createWriteStream({ highWaterMark: WAITING })
    const encoder = encoderFor(compression)
    this.#target = target
    this.#first = encoder ?? target
    encoder?.pipe(target)
    const streams: readonly Writable[] = [this.#first, target]
    for (const stream of streams)
      stream.on('error', (error) => {
        this.#problem ??= cannotWrite(path, error)
        this.#wake()
      })
    this.#first.on('drain', () => this.#wake())
    target.on('close', () => this.#wake())
  }

  /**
   * Opens a file to write.
   *
   * @throws {DataFileError} if it cannot be opened.
   * @throws {UnsupportedError} if this Node cannot compress so.
   */
  static async open(path: string, compression: Compression): Promise<ByteWriter> {
    const file = await open(path, 'a').catch((error: unknown) => Promise.reject(cannotWrite(path, error)))
    try {
      return new ByteWriter(path, file, compression)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Takes bytes. If it returns a promise, wait for that before the next call; it rejects if the file cannot be written. */
  write(text: string | Uint8Array): Promise<void> | undefined {
    return this.#isEmptied ? this.#write(text) : this.#empty().then(() => this.#write(text))
  }

  /** Resolves to the size of the file when all is written. */
  async end(): Promise<number> {
    if (!this.#isEmptied) await this.#empty()
    this.#first.end()
    await this.#until(() => this.#target.closed)
    return this.#target.bytesWritten
  }

  /** Lets go of the file. What was in it stays if nothing was written. */
  async abandon(): Promise<void> {
    this.#first.destroy()
    this.#target.destroy()
    await this.#file.close().catch(() => {})
  }

  #write(text: string | Uint8Array): Promise<void> | undefined {
    if (this.#problem !== undefined) return Promise.reject(this.#problem)
    return this.#first.write(text) ? undefined : this.#until(() => !this.#first.writableNeedDrain)
  }

  async #until(isSettled: () => boolean): Promise<void> {
    while (this.#problem === undefined && !isSettled()) await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#problem !== undefined) throw this.#problem
  }

  async #empty(): Promise<void> {
    this.#isEmptied = true
    try {
      // Pipes and devices cannot be emptied.
      if ((await this.#file.stat()).isFile()) await this.#file.truncate(0)
    } catch (error) {
      throw cannotWrite(this.#path, error)
    }
  }
}

function cannotWrite(path: string, error: unknown): DataFileError {
  return new DataFileError(path, `cannot write ${path}: ${messageOf(error)}`, { cause: error })
}
