import type { RunningBatch } from './running-batch.ts'

/** The state of a batch's functions: loaded, being loaded, or failed. */
export type Readiness = 'ready' | 'loading' | 'never'

/**
 * Decides which batches may run beside each other, in the order in which they came.
 *
 * A batch that is *exclusive* runs with nothing else in its worker: what kills it, or blocks it, is known then. All
 * others run beside each other. They pass an exclusive one only while that waits for its function.
 */
export class Admission {
  readonly #isExclusive: (batch: RunningBatch) => boolean
  readonly #readinessOf: (batch: RunningBatch) => Readiness
  #waiting: RunningBatch[] = []
  readonly #admitted = new Set<RunningBatch>()
  /** The batch that was admitted is exclusive. */
  #closed = false

  constructor(isExclusive: (batch: RunningBatch) => boolean, readinessOf: (batch: RunningBatch) => Readiness) {
    this.#isExclusive = isExclusive
    this.#readinessOf = readinessOf
  }

  add(batch: RunningBatch): void {
    this.#waiting.push(batch)
  }

  /** A batch is finished. Returns true if others may be admitted now. */
  finished(batch: RunningBatch): boolean {
    if (!this.#admitted.delete(batch) || this.#admitted.size > 0) return false
    this.#closed = false
    return this.#waiting.length > 0
  }

  /** Calls `begin` for each batch that may begin now, and `giveBack` for each that never will. */
  admit(begin: (batch: RunningBatch) => void, giveBack: (batch: RunningBatch) => void): void {
    if (this.#closed || this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    /** An exclusive batch waits for its function: those that are exclusive, too, stay behind it. */
    let isBehind = false
    for (const batch of waiting) {
      const isExclusive = this.#isExclusive(batch)
      const mustWait = this.#closed || (isExclusive && isBehind)
      const readiness = mustWait ? 'loading' : this.#readinessOf(batch)
      if (readiness === 'never') giveBack(batch)
      else if (readiness === 'loading') {
        this.#waiting.push(batch)
        isBehind ||= isExclusive
      } else if (isExclusive && this.#admitted.size > 0) {
        // Later batches wait until this one, and those that run, are finished.
        this.#waiting.push(batch)
        this.#closed = true
      } else {
        this.#closed = isExclusive
        this.#admitted.add(batch)
        begin(batch)
      }
    }
  }
}
