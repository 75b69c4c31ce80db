/** A bound on the tasks that wait for a worker: each takes a slot. */
export interface QueueSlots {
  /** Takes a slot. Returns false if none is free now; throws if there will be none because of an error. */
  take(): boolean
  /** Gives back `count` slots, of tasks that were sent to workers or dropped. */
  give(count: number): void
  /** Calls `listener` when a slot may be free, until the returned function is called. Never from within `give`. */
  onFree(listener: () => void): () => void
}

/** The slots of one pool, within an outer bound such as that of a backend. */
export class LocalSlots implements QueueSlots {
  readonly #most: number
  readonly #outer: QueueSlots | undefined
  readonly #listeners = new Set<() => void>()
  #taken = 0
  /** A caller of `take` got none. */
  #refused = false

  /** `most`: number of slots. `outer`: slots of which each of these takes one, too. */
  constructor(most: number, outer?: QueueSlots) {
    this.#most = most
    this.#outer = outer
    outer?.onFree(() => this.#tell())
  }

  take(): boolean {
    if (this.#taken >= this.#most || this.#outer?.take() === false) {
      this.#refused = true
      return false
    }
    this.#taken++
    return true
  }

  give(count: number): void {
    if (count === 0) return
    this.#taken -= count
    this.#outer?.give(count)
    if (!this.#refused) return
    this.#refused = false
    queueMicrotask(() => this.#tell())
  }

  onFree(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
