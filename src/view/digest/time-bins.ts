/** Bins of each series. When a run outgrows them, two become one. */
export const BINS = 2_048

/** Amounts over time. All series have the same bins, whose width doubles as the run goes on. */
export class TimeBins {
  /** The width of a bin in milliseconds. */
  ms = 1
  readonly #series: Float32Array[] = []

  /** Adds a series of zeros. */
  series(): Float32Array {
    const series = new Float32Array(BINS)
    this.#series.push(series)
    return series
  }

  /** Returns the bin of a moment, after making room for it. */
  binOf(at: number): number {
    while (at >= this.ms * BINS) this.#double()
    return Math.max(0, Math.floor(at / this.ms))
  }

  /** Adds the time from one moment to another to the bins that it lies in. */
  spread(series: Float32Array, from: number, to: number): void {
    const last = this.binOf(to)
    for (let bin = this.binOf(from); bin <= last; bin++) {
      const inside = Math.min(to, (bin + 1) * this.ms) - Math.max(from, bin * this.ms)
      series[bin] = (series[bin] as number) + Math.max(0, inside)
    }
  }

  /** Adds so many events, evenly between two moments. */
  spreadCount(series: Float32Array, from: number, to: number, count: number): void {
    const last = this.binOf(to)
    const first = this.binOf(from)
    let left = count
    for (let bin = first; bin < last; bin++) {
      const inside = Math.min(to, (bin + 1) * this.ms) - Math.max(from, bin * this.ms)
      const share = Math.min(left, Math.round((inside / (to - from)) * count))
      series[bin] = (series[bin] as number) + share
      left -= share
    }
    series[last] = (series[last] as number) + left
  }

  #double(): void {
    this.ms *= 2
    for (const series of this.#series) {
      for (let bin = 0; bin < BINS / 2; bin++) series[bin] = (series[2 * bin] ?? 0) + (series[2 * bin + 1] ?? 0)
      series.fill(0, BINS / 2)
    }
  }
}

/** Sums neighbours, so that at most `most` sums are left. */
export function sumNeighbours(values: readonly number[], most: number): number[] {
  const size = Math.max(1, Math.ceil(values.length / most))
  const sums = new Array<number>(Math.ceil(values.length / size)).fill(0)
  for (const [i, value] of values.entries()) sums[Math.floor(i / size)]! += value
  return sums
}
