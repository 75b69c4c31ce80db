/** Tasks shorter than this, in milliseconds, are computed twice rather than claimed. */
const SHORT_MS = 20
/** How much the newest counts. */
const WEIGHT = 0.2

/** How long functions take, by their code. */
export class Durations {
  readonly #means = new Map<string, number>()

  add(code: string, ms: number): void {
    const mean = this.#means.get(code)
    this.#means.set(code, mean === undefined ? ms : mean + WEIGHT * (ms - mean))
  }

  /** Whether it is known to be short. */
  isShort(code: string): boolean {
    return (this.#means.get(code) ?? Infinity) < SHORT_MS
  }
}
