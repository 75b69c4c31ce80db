import type { LineTarget } from './line-target.ts'

/** Characters that are gathered before they are written. */
const ENOUGH = 65_536

/** Gathers lines, so that many small results cost few writes; what waits is written as soon as nothing else happens. */
export class ResultWriter {
  readonly #target: LineTarget
  /** Told of the inputs whose results are written. */
  readonly #onWritten: (indexes: readonly number[]) => void
  #gathered = ''
  #indexes: number[] = []
  #soon: NodeJS.Immediate | undefined
  /** The target has no room for more until this resolves. */
  #busy: Promise<void> | undefined

  constructor(target: LineTarget, onWritten: (indexes: readonly number[]) => void) {
    this.#target = target
    this.#onWritten = onWritten
  }

  /** Takes the line of an input's result. Where it returns a promise, wait for that before the next one. */
  write(line: string, index: number): Promise<void> | undefined {
    this.#gathered += line
    this.#indexes.push(index)
    if (this.#gathered.length >= ENOUGH) this.#flush()
    else this.#soon ??= setImmediate(() => this.#flush())
    return this.#busy
  }

  /** Resolves when all is written. What was there before stays where the run `failedToStart`. */
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
    const indexes = this.#indexes
    this.#gathered = ''
    this.#indexes = []
    this.#busy = this.#target
      .write(lines, () => this.#onWritten(indexes))
      ?.then(() => {
        this.#busy = undefined
        this.#flush()
      })
  }
}
