/** A part of an item that a search has to know. */
interface Searched {
  /** It is no longer wanted. */
  readonly isDropped: boolean
}

/**
 * Finds the inputs at fault after a call with several inputs failed, by calls with fewer of them, one after the other.
 *
 * Half of the suspects is called. If the call returns, the fault is taken to be in the other half; else in this one, and the
 * other half is set aside. What was set aside is called together at the end. So one input at fault among 1,024 costs at most
 * 12 calls, and most inputs run once more.
 *
 * No order needs fewer calls in the worst case: the input at fault must fail alone, and all others be in a call that returns.
 * Three calls do that for three inputs, and each more at most doubles that number. 11 do it for 768.
 */
export class FaultSearch<Item extends Searched = Searched> {
  /** Its calls run with nothing else in their worker. */
  isAlone: boolean
  /** The chunk with the last call, while a worker has it. */
  sent: object | undefined
  /** The parts of which the suspects are made. */
  readonly #parts: readonly (readonly Item[])[]
  #suspects: readonly Item[]
  /** A call with all suspects failed, or would fail. */
  #isCertain: boolean
  readonly #aside: (readonly Item[])[] = []
  /** The items of the call that was begun last. */
  #current: readonly Item[] = []
  /** Parts that are searched again, one by one. */
  #again: readonly (readonly Item[])[] = []

  /** `isCertain`: a call with all items of the parts has failed. */
  constructor(parts: readonly (readonly Item[])[], isAlone: boolean, isCertain: boolean) {
    this.#parts = parts
    this.#suspects = parts.flat()
    this.isAlone = isAlone
    this.#isCertain = isCertain
  }

  /** Items that no call has now. */
  get held(): readonly Item[] {
    const current = new Set(this.#current)
    return [...this.#suspects.filter((item) => !current.has(item)), ...this.#aside.flat()]
  }

  /** Returns the items of the next call; none if the fault was found. */
  next(): readonly Item[] {
    this.#suspects = this.#suspects.filter((item) => !item.isDropped)
    const { length } = this.#suspects
    const count = this.#isCertain ? Math.ceil(length / 2) : length
    this.#current = this.#suspects.slice(0, count)
    return this.#current
  }

  /** The last call returned: each of its items has an outcome of its own. */
  passed(): void {
    this.#suspects = this.#suspects.slice(this.#current.length)
    this.#isCertain = true
    this.#current = []
  }

  /** The last call failed. */
  failed(): void {
    const part = this.#current
    const others = this.#suspects.slice(part.length)
    this.#current = []
    if (others.length > 0) this.#aside.push(others)
    if (part.length === 1) this.#suspects = []
    else if (others.length === 0 && this.#parts.length > 1) {
      // Several inputs are at fault: each part is searched by itself.
      this.#suspects = []
      this.#again = this.#parts
    } else {
      this.#suspects = part
      this.#isCertain = true
    }
  }

  /** Returns the searches that follow this one, which has found its fault. */
  followers(): FaultSearch<Item>[] {
    const together = this.#aside.length === 0 ? [] : [new FaultSearch(this.#aside, this.isAlone, false)]
    return [...together, ...this.#again.map((part) => new FaultSearch([part], this.isAlone, false))]
  }
}
