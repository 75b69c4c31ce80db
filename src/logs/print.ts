import type { Writable } from 'node:stream'

import { messageOf } from '../util/message-of.ts'
import { writeQuietly } from '../util/quiet-write.ts'
import { count } from '../util/text/show-number.ts'
import { Spill, type Stretch, warnOfNoRoom } from './spill.ts'

/** Bytes that a stream may buffer before texts are held back, and characters that are then held in memory. */
const ENOUGH = 1024 * 1024

/**
 * Prints to a stream whose reader may be slow: callers never wait for it, and texts that it has not taken are kept on disk
 * rather than in memory.
 */
export class PrintQueue {
  readonly #stream: () => Writable
  readonly #spill: Spill
  /** Held texts, oldest first; those on disk are older than those in memory. */
  readonly #stretches: Stretch[] = []
  #texts: string[] = []
  #chars = 0
  #dropped = 0
  #isFull = false
  #waits = false
  #onEmpty: (() => void)[] = []

  constructor(stream: () => Writable, spill: Spill = new Spill()) {
    this.#stream = stream
    this.#spill = spill
  }

  print(text: string): void {
    const stream = this.#stream()
    if (!this.#waits && stream.writableLength < ENOUGH) {
      writeQuietly(stream, text)
      return
    }
    this.#keep(text)
    if (!this.#waits) this.#wait(stream)
  }

  /** Resolves when the stream has all that was printed. */
  empty(): Promise<void> {
    return this.#waits ? new Promise((resolve) => this.#onEmpty.push(resolve)) : Promise.resolve()
  }

  #wait(stream: Writable): void {
    this.#waits = true
    const end = (): void => {
      stream.off('drain', goOn).off('close', close)
      this.#waits = false
      this.#spill.close()
      for (const resolve of this.#onEmpty.splice(0)) resolve()
    }
    const goOn = (): void => {
      while (stream.writableLength < ENOUGH) {
        const next = this.#take()
        if (next === undefined) return end()
        writeQuietly(stream, next)
      }
    }
    // Its reader is gone: drop the texts that are held.
    const close = (): void => {
      while (this.#take() !== undefined);
      end()
    }
    stream.on('drain', goOn).on('close', close)
  }

  #keep(text: string): void {
    if (this.#isFull && this.#chars > ENOUGH) {
      this.#dropped += text.length
      return
    }
    this.#texts.push(text)
    this.#chars += text.length
    if (this.#chars <= ENOUGH || this.#isFull) return
    try {
      this.#stretches.push(this.#spill.write(Buffer.from(this.#texts.join(''))))
      this.#texts = []
      this.#chars = 0
    } catch (error) {
      this.#isFull = true
      warnOfNoRoom(error)
    }
  }

  #take(): Buffer | string | undefined {
    const stretch = this.#stretches.shift()
    if (stretch !== undefined) return this.#readBack(stretch)
    if (this.#texts.length > 0) {
      const text = this.#texts.join('')
      this.#texts = []
      this.#chars = 0
      return text
    }
    if (this.#dropped === 0) return undefined
    const text = `[${count(this.#dropped)} characters were printed and dropped: there was no room for them]\n`
    this.#dropped = 0
    this.#isFull = false
    return text
  }

  #readBack(stretch: Stretch): Buffer | string {
    try {
      return this.#spill.read(stretch)
    } catch (error) {
      return `[${count(stretch.bytes)} bytes of output cannot be read back: ${messageOf(error)}]\n`
    } finally {
      this.#spill.drop(stretch)
    }
  }
}

/** Prints a piece of text to one of the two streams. */
export type Print = (stream: 'stdout' | 'stderr', text: string) => void

const queues = {
  stdout: new PrintQueue(() => process.stdout),
  stderr: new PrintQueue(() => process.stderr),
}

/** Prints to this process's own streams. */
export const printDirectly: Print = (stream, text) => queues[stream].print(text)

/** Resolves when all that was printed so far is on its way. */
export async function printed(): Promise<void> {
  await Promise.all([queues.stdout.empty(), queues.stderr.empty()])
}
