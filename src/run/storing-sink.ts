import type { Entry } from '../pool/entry.ts'
import type { Lot } from '../pool/lot.ts'
import type { Median } from '../pool/median.ts'
import type { Ending, Sink } from '../pool/sink.ts'
import type { RunCache } from './run-cache.ts'

/** The typical time of tasks is looked up again after so many of them. */
const LOOK_EVERY = 64

/** Stores results on their way. */
export class StoringSink implements Sink {
  readonly #cache: RunCache
  readonly #next: Sink
  readonly #durations: () => Median
  #count = 0
  #ms: number | undefined

  constructor(cache: RunCache, next: Sink, durations: () => Median) {
    this.#cache = cache
    this.#next = next
    this.#durations = durations
  }

  fulfil(lot: Lot, at: number, value: unknown, bytes: number): void {
    const tell = this.#cache.fulfilled(lot.entry(at), value, this.#typicalMs())
    this.#next.fulfil(lot, at, value, bytes)
    tell?.()
  }

  reject(entry: Entry, error: unknown): void {
    this.#next.reject(entry, error)
    this.#cache.failed(entry)
  }

  flush(): void {
    this.#next.flush()
  }

  end(ending: Ending | undefined): void {
    this.#next.end(ending)
  }

  /** Batches say what they took as a whole. */
  #typicalMs(): number | undefined {
    const durations = this.#durations()
    if (this.#ms === undefined || this.#count % LOOK_EVERY === 0)
      this.#ms = durations.count === 0 ? undefined : durations.quantile()
    this.#count++
    return this.#ms
  }
}
