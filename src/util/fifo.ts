/** Gaps at the front before they are worth a copy of the rest. */
const MANY_GAPS = 1_024

/** A first-in, first-out queue: `push` and `shift` cost the same however long it is, and what was taken is not held. */
export class Fifo<T> {
  /** Items from `#next` on; before it are gaps. */
  #items: (T | undefined)[] = []
  #next = 0

  get length(): number {
    return this.#items.length - this.#next
  }

  /** The item that `shift` would take; undefined if the queue is empty. */
  get first(): T | undefined {
    return this.#items[this.#next]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Adds an item before all those at the end that `follows` holds for. Costs as much as there are of them. */
  insert(item: T, follows: (other: T) => boolean): void {
    let at = this.#items.length
    while (at > this.#next && follows(this.#items[at - 1] as T)) at--
    if (at === this.#items.length) this.#items.push(item)
    else this.#items.splice(at, 0, item)
  }

  /** Takes the first item; undefined if the queue is empty. */
  shift(): T | undefined {
    if (this.#next === this.#items.length) return undefined
    const item = this.#items[this.#next]
    this.#items[this.#next++] = undefined
    if (this.#next === this.#items.length) this.clear()
    else if (this.#next >= MANY_GAPS && this.#next * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#next)
      this.#next = 0
    }
    return item
  }

  /** Takes the first item that `matches` holds for, wherever it is; undefined if there is none. Costs a search. */
  remove(matches: (item: T) => boolean): T | undefined {
    const at = this.#items.findIndex((item, i) => i >= this.#next && matches(item as T))
    return at < 0 ? undefined : this.#items.splice(at, 1)[0]
  }

  /** Takes all items. */
  drain(): T[] {
    const items = this.#items.slice(this.#next) as T[]
    this.clear()
    return items
  }

  clear(): void {
    this.#items = []
    this.#next = 0
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let at = this.#next; at < this.#items.length; at++) yield this.#items[at] as T
  }
}
