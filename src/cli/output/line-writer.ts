import type { EndInFile, LineTarget } from './line-target.ts'

/** How lines are gathered before they are written. */
export interface Gathering {
  /** Bytes that are enough. */
  readonly bytes: number
  /** Milliseconds after which less is written; 0: as soon as nothing else happens. */
  readonly ms: number
}

const SOON: Gathering = { bytes: 65_536, ms: 0 }

/** Bytes that may wait for a slow target before the run waits, too. */
const MOST_WAITING = 2 ** 20

/** Lines that were written together. `end`: the position of their end among all that was written with them, in bytes. */
export interface Written<T> {
  /** What the lines were written for. */
  readonly what: T
  readonly end: number
}

/** Called when lines were written. `endInFile`: returns where an end is in their file. */
export type OnWritten<T> = (written: readonly Written<T>[], endInFile: EndInFile | undefined) => void

/**
 * Gathers lines, so that many small results cost few writes. Writes what waits as soon as nothing else happens, unless it is
 * to gather for longer. While a write goes on more is gathered, up to 1 MiB.
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
  #soon: NodeJS.Immediate | NodeJS.Timeout | undefined
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
    this.#flushInTime()
    return this.#bytes >= MOST_WAITING ? this.#busy : undefined
  }

  /** Resolves when all is written. With `failedToStart`, what was there before stays. */
  async close(failedToStart: boolean): Promise<void> {
    await this.#busy
    this.#flush()
    await this.#busy
    await this.#target.close(failedToStart)
  }

  #flushInTime(): void {
    const { bytes, ms } = this.#gathering
    if (this.#bytes >= bytes) this.#flush()
    else this.#soon ??= ms === 0 ? setImmediate(() => this.#flush()) : setTimeout(() => this.#flush(), ms)
  }

  #endText(): void {
    if (this.#text === '') return
    this.#pieces.push(Buffer.from(this.#text))
    this.#text = ''
  }

  #flush(): void {
    if (this.#gathering.ms === 0) clearImmediate(this.#soon as NodeJS.Immediate | undefined)
    else clearTimeout(this.#soon as NodeJS.Timeout | undefined)
    this.#soon = undefined
    if (this.#busy !== undefined || this.#written.length === 0) return
    this.#endText()
    const pieces = this.#pieces
    const written = this.#written
    this.#pieces = []
    this.#written = []
    this.#bytes = 0
    const lines = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
    this.#busy = this.#target
      .write(lines, (endInFile) => this.#onWritten(written, endInFile))
      ?.then(() => {
        this.#busy = undefined
        if (this.#written.length > 0) this.#flushInTime()
      })
  }
}
