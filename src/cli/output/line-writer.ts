import type { EndInFile, LineTarget } from './line-target.ts'

/** Limits for gathering lines before they are written. */
export interface Gathering {
  /** Bytes that are enough. */
  readonly bytes: number
  /** The longest time that lines wait for others to be written with, in milliseconds. */
  readonly ms: number
}

const SOON: Gathering = { bytes: 2 ** 18, ms: 5 }

/** Bytes that may wait for a slow target before the run waits, too. */
const MOST_WAITING = 2 ** 20

/** Lines that were written together. `end`: the position of their end among all that was written with them, in bytes. */
export interface Written<T> {
  /** The inputs that the lines were written for. */
  readonly what: T
  readonly end: number
}

/** Called when lines were written. `endInFile`: returns where an end is in their file. */
export type OnWritten<T> = (written: readonly Written<T>[], endInFile: EndInFile | undefined) => void

/**
 * Gathers lines, so that many small results cost few writes. While a write goes on more is gathered, up to 1 MiB.
 */
export class LineWriter<T> {
  readonly #target: LineTarget
  readonly #onWritten: OnWritten<T>
  /** Bytes, and behind them text, that wait. */
  #pieces: Uint8Array[] = []
  #text = ''
  #written: Written<T>[] = []
  #bytes = 0
  readonly #gathering: Gathering
  #soon: NodeJS.Timeout | undefined
  /** The target has no room for more until this resolves. */
  #busy: Promise<void> | undefined

  constructor(target: LineTarget, onWritten: OnWritten<T>, gathering: Gathering = SOON) {
    this.#target = target
    this.#gathering = gathering
    this.#onWritten = onWritten
  }

  /** Takes lines as text or as bytes. If it returns a promise, wait for that before the next call. */
  write(lines: string | Uint8Array, what: T): Promise<void> | undefined {
    if (typeof lines === 'string') {
      this.#text += lines
      this.#bytes += Buffer.byteLength(lines)
    } else {
      this.#endText()
      this.#pieces.push(lines)
      this.#bytes += lines.length
    }
    this.#written.push({ what, end: this.#bytes })
    if (this.#bytes >= this.#gathering.bytes) this.#flush()
    else this.#soon ??= setTimeout(() => this.#flush(), this.#gathering.ms)
    return this.#bytes >= MOST_WAITING ? this.#busy : undefined
  }

  /** Resolves when all is written. With `failedToStart`, what was there before stays. */
  async close(failedToStart: boolean): Promise<void> {
    await this.#busy
    this.#flush()
    await this.#busy
    await this.#target.close(failedToStart)
  }

  #endText(): void {
    if (this.#text === '') return
    this.#pieces.push(Buffer.from(this.#text))
    this.#text = ''
  }

  #flush(): void {
    if (this.#soon !== undefined) clearTimeout(this.#soon)
    this.#soon = undefined
    if (this.#busy !== undefined || this.#written.length === 0) return
    this.#endText()
    const pieces = this.#pieces
    const written = this.#written
    this.#pieces = []
    this.#written = []
    this.#bytes = 0
    this.#busy = this.#target
      .write(pieces, (endInFile) => this.#onWritten(written, endInFile))
      ?.then(() => {
        this.#busy = undefined
        this.#flush()
      })
  }
}
