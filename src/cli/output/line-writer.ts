import type { LineTarget } from './line-target.ts'

/** Characters that are gathered before they are written. */
const ENOUGH = 65_536

/** A line that was written for an input. `end`: the position of its end among the lines written with it, in bytes. */
export interface WrittenLine {
  readonly index: number
  readonly end: number
}

/** Called when lines were written. `start`: the position in bytes at which they begin in their file. */
export type OnWritten = (lines: readonly WrittenLine[], start: number | undefined) => void

/** Gathers lines, so that many small results cost few writes. Writes what waits as soon as nothing else happens. */
export class LineWriter {
  readonly #target: LineTarget
  readonly #onWritten: OnWritten
  #gathered = ''
  #lines: WrittenLine[] = []
  #bytes = 0
  #soon: NodeJS.Immediate | undefined
  /** The target has no room for more until this resolves. */
  #busy: Promise<void> | undefined

  constructor(target: LineTarget, onWritten: OnWritten) {
    this.#target = target
    this.#onWritten = onWritten
  }

  /** Takes the line of an input's result. If it returns a promise, wait for that before the next call. */
  write(line: string, index: number): Promise<void> | undefined {
    this.#gathered += line
    this.#bytes += Buffer.byteLength(line)
    this.#lines.push({ index, end: this.#bytes })
    if (this.#gathered.length >= ENOUGH) this.#flush()
    else this.#soon ??= setImmediate(() => this.#flush())
    return this.#busy
  }

  /** Resolves when all is written. With `failedToStart`, what was there before stays. */
  async close(failedToStart: boolean): Promise<void> {
    await this.#busy
    this.#flush()
    await this.#busy
    await this.#target.close(failedToStart)
  }

  #flush(): void {
    if (this.#soon !== undefined) clearImmediate(this.#soon)
    this.#soon = undefined
    if (this.#busy !== undefined || this.#gathered === '') return
    const lines = this.#gathered
    const written = this.#lines
    this.#gathered = ''
    this.#lines = []
    this.#bytes = 0
    this.#busy = this.#target
      .write(lines, (start) => this.#onWritten(written, start))
      ?.then(() => {
        this.#busy = undefined
        this.#flush()
      })
  }
}
