const MAX_SAMPLES = 1_001

/** The median of the last thousand values. */
export class Median {
  readonly #samples: number[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(value: number): void {
    this.#samples[this.#count++ % MAX_SAMPLES] = value
  }

  /** Returns the value below which a share of the samples lies: 0.5 for the median. */
  quantile(share = 0.5): number {
    const sorted = this.#samples.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  }
}
