import type { LengthsView } from '../view.ts'

/** The ratio of the ends of a class of lengths: estimates are exact to 2 %. */
const GAMMA = 1.04
const LOG_GAMMA = Math.log(GAMMA)
/** Classes: from a microsecond up to ten years. */
const CLASSES = 880

/** Counts lengths of time on a logarithmic scale. */
export class Lengths {
  readonly #counts = new Float64Array(CLASSES)
  #n = 0
  #sum = 0
  #max = 0

  /** Adds so many lengths of `ms` milliseconds each. */
  add(ms: number, count: number = 1): void {
    const place = ms <= 0.001 ? 0 : Math.min(CLASSES - 1, Math.ceil(Math.log(ms * 1_000) / LOG_GAMMA))
    this.#counts[place] = (this.#counts[place] as number) + count
    this.#n += count
    this.#sum += ms * count
    if (ms > this.#max) this.#max = ms
  }

  /** Sums them up, with at most `most` bars of equal width on a logarithmic axis. */
  view(most: number): LengthsView {
    const [p50, p90, p99] = [this.#quantile(0.5), this.#quantile(0.9), this.#quantile(0.99)]
    return { n: this.#n, sum: this.#sum, max: this.#max, p50, p90, p99, bars: this.#bars(most) }
  }

  /** Returns the length that the share `q` of them does not exceed. */
  #quantile(q: number): number {
    const rank = Math.ceil(q * this.#n)
    let seen = 0
    for (let place = 0; place < CLASSES; place++) {
      seen += this.#counts[place] as number
      if (seen >= rank && seen > 0) return Math.min(this.#max, (2 * GAMMA ** place) / (GAMMA + 1) / 1_000)
    }
    return this.#max
  }

  #bars(most: number): LengthsView['bars'] {
    const low = this.#counts.findIndex((n) => n > 0)
    if (low < 0) return []
    const high = this.#counts.findLastIndex((n) => n > 0)
    const width = Math.ceil((high - low + 1) / most)
    return Array.from({ length: Math.ceil((high - low + 1) / width) }, (_, bar) => {
      const from = low + bar * width
      const n = this.#counts.subarray(from, from + width).reduce((sum, one) => sum + one, 0)
      return [GAMMA ** (from - 1) / 1_000, GAMMA ** (from + width - 1) / 1_000, n] as const
    })
  }
}
