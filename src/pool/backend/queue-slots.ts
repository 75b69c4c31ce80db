/** Room for tasks that wait for a worker. */
export interface QueueSlots {
  /** Takes a slot, if there is one now. Throws if there is none because of an error. */
  take(): boolean
  /** Gives slots back: this many tasks went to workers, or were dropped. */
  give(count: number): void
  /** Calls when it is worth trying again, until the returned function is called. Never from within `give`. */
  onFree(listener: () => void): () => void
}

/** The places of a pool, and of what it is part of. */
export class LocalSlots implements QueueSlots {
  readonly #most: number
  readonly #outer: QueueSlots | undefined
  readonly #listeners = new Set<() => void>()
  #taken = 0
  /** A caller of `take` got none. */
  #refused = false

  /** `most`: how many there are. `outer`: each slot takes one of those, too. */
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
