import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Median } from '../../pool/jobs/median.ts'
import type { Ending, Sink } from '../../pool/jobs/ports.ts'
import type { RunCache } from './run-cache.ts'

/** Number of results after which the typical time of tasks is computed again. */
const LOOK_EVERY = 64

/** Stores results in the cache, and hands them on. */
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

  /** The median time of the job's tasks, since a batch is timed as a whole; undefined before the first one. */
  #typicalMs(): number | undefined {
    const durations = this.#durations()
    if (this.#ms === undefined || this.#count % LOOK_EVERY === 0)
      this.#ms = durations.count === 0 ? undefined : durations.quantile()
    this.#count++
    return this.#ms
  }
}
