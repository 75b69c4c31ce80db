import type { Batch } from './batch.ts'

/**
 * Batches in the order of their ids, which is the order in which they were sent.
 *
 * An array, not a Map: V8 makes new tables for a Map whose entries come and go, and an old table that has outlived a few
 * collections holds all later ones, with what was in them, until a full collection. Inputs of megabytes would stay so long.
 */
export class BatchList implements Iterable<Batch> {
  readonly #batches: Batch[] = []

  get size(): number {
    return this.#batches.length
  }

  add(batch: Batch): void {
    this.#batches.push(batch)
  }

  get(id: number): Batch | undefined {
    const batch = this.#batches[this.#place(id)]
    return batch?.id === id ? batch : undefined
  }

  has(id: number): boolean {
    return this.get(id) !== undefined
  }

  /** Returns false if it does not have the batch. */
  delete(id: number): boolean {
    const at = this.#place(id)
    if (this.#batches[at]?.id !== id) return false
    this.#batches.splice(at, 1)
    return true
  }

  values(): Iterable<Batch> {
    return this.#batches
  }

  [Symbol.iterator](): Iterator<Batch> {
    return this.#batches.values()
  }

  /** Returns the place of the first batch whose id is not below this one. */
  #place(id: number): number {
    let low = 0
    let high = this.#batches.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#batches[middle] as Batch).id < id) low = middle + 1
      else high = middle
    }
    return low
  }
}
