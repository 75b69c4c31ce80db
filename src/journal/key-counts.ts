/** The number of inputs with each content key. */
export class KeyCounts {
  readonly #counts = new Map<string, number>()
  #size = 0

  /** Of all keys together. */
  get size(): number {
    return this.#size
  }

  add(key: string, count = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
    this.#size += count
  }

  /** Takes out one input with this key. Returns false if there is none. */
  take(key: string): boolean {
    const count = this.#counts.get(key) ?? 0
    if (count === 0) return false
    this.#counts.set(key, count - 1)
    this.#size--
    return true
  }
}
