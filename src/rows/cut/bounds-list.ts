const INITIAL_LENGTH = 2 ** 13

/** Gathers the bounds of rows: two numbers for each. */
export class BoundsList {
  #numbers = new Uint32Array(INITIAL_LENGTH)
  #length = 0

  /** The number of rows. */
  get rows(): number {
    return this.#length / 2
  }

  push(start: number, end: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Uint32Array(2 * this.#length)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#length++] = start
    this.#numbers[this.#length++] = end
  }

  /** Returns all bounds, and begins anew. */
  take(): Uint32Array {
    const taken = this.#numbers.slice(0, this.#length)
    this.#length = 0
    return taken
  }
}
