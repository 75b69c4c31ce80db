import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Median } from '../../pool/jobs/median.ts'
import type { Ending, Sink } from '../../pool/jobs/ports.ts'
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

  fulfil(chunk: Chunk, at: number, value: unknown, bytes: number): void {
    const tell = this.#cache.fulfilled(chunk.item(at), value, this.#typicalMs())
    this.#next.fulfil(chunk, at, value, bytes)
    tell?.()
  }

  reject(item: Item, error: unknown): void {
    this.#next.reject(item, error)
    this.#cache.failed(item)
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
