/** What is taken from the front once there are so many gaps is worth the copying. */
const MANY = 1_024

/** A queue whose every step costs the same, however long it is. */
export class Fifo<T> {
  #items: T[] = []
  #next = 0

  get length(): number {
    return this.#items.length - this.#next
  }

  /** The first one; undefined where there is none. */
  get first(): T | undefined {
    return this.#items[this.#next]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#next]
    if (this.length > 0) this.#next++
    if (this.#next === this.#items.length) this.clear()
    else if (this.#next >= MANY && this.#next * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#next)
      this.#next = 0
    }
    return item
  }

  clear(): void {
    this.#items = []
    this.#next = 0
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let at = this.#next; at < this.#items.length; at++) yield this.#items[at] as T
  }
}
