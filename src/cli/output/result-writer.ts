import type { LineTarget } from './line-target.ts'

/** Characters that are gathered before they are written. */
const ENOUGH = 65_536

/** Gathers lines, so that many small results cost few writes; what waits is written as soon as nothing else happens. */
export class ResultWriter {
  readonly #target: LineTarget
  #gathered = ''
  #soon: NodeJS.Immediate | undefined
  /** The target has no room for more until this resolves. */
  #busy: Promise<void> | undefined

  constructor(target: LineTarget) {
    this.#target = target
  }

  /** Takes a line. Where it returns a promise, wait for that before the next one. */
  write(line: string): Promise<void> | undefined {
    this.#gathered += line
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
    this.#gathered = ''
    this.#busy = this.#target.write(lines)?.then(() => {
      this.#busy = undefined
      this.#flush()
    })
  }
}
