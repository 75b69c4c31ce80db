/** How many inputs there are with each content key. */
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

  /** Whether there is one with this key, which is taken out then. */
  take(key: string): boolean {
    const count = this.#counts.get(key) ?? 0
    if (count === 0) return false
    this.#counts.set(key, count - 1)
    this.#size--
    return true
  }
}
