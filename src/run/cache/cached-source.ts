import type { Chunk } from '../../pool/jobs/chunk.ts'
import { ItemChunk } from '../../pool/jobs/item-chunk.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Ending, Source } from '../../pool/jobs/ports.ts'
import type { RunCache } from './run-cache.ts'

/** Looking up goes on for so long at a time, in milliseconds; then others have their turn. */
const SLICE_MS = 5

export interface CachedSupplyEvents {
  /** There may be something to take. */
  wake(): void
  /** An input that was read and will not run. */
  abort(item: Item): void
}

/** Inputs that are not in a cache. Those that are never come to a worker. */
export class CachedSource implements Source {
  readonly #inputs: Source
  readonly #cache: RunCache
  readonly #events: CachedSupplyEvents
  readonly #group: number
  /** To run, and not taken yet. */
  #ready: Item[] = []
  #stopped = false

  /** Inputs are looked up in groups of at least this size. */
  constructor(inputs: Source, cache: RunCache, events: CachedSupplyEvents, group: number) {
    this.#inputs = inputs
    this.#group = group
    this.#cache = cache
    this.#events = events
  }

  get empty(): boolean {
    return this.#ready.length === 0 && this.#inputs.empty
  }

  get exhausted(): boolean {
    return this.#ready.length === 0 && this.#cache.held === 0 && this.#inputs.exhausted
  }

  get error(): Ending | undefined {
    return this.#inputs.error
  }

  remaining(): number | undefined {
    const rest = this.#inputs.remaining()
    return rest === undefined ? undefined : rest + this.#ready.length
  }

  take(max: number): Chunk | undefined {
    const startedAt = performance.now()
    while (this.#ready.length < max) {
      const chunk = this.#inputs.take(Math.max(max, this.#group))
      if (chunk === undefined) break
      for (let at = 0; at < chunk.length; at++) {
        const item = chunk.item(at)
        if (this.#cache.admit(item)) this.#ready.push(item)
      }
      if (performance.now() - startedAt > SLICE_MS) {
        setImmediate(() => this.#events.wake())
        break
      }
    }
    const spread = this.#ready[0]?.spread
    // One message says once how its inputs are to be read.
    const other = this.#ready.findIndex((item) => item.spread !== spread)
    const items = this.#ready.splice(0, Math.min(max, other < 0 ? Infinity : other))
    return items.length === 0 ? undefined : new ItemChunk(items)
  }

  /** An input has to run after all. */
  add(item: Item): void {
    if (this.#stopped) return this.#events.abort(item)
    this.#ready.push(item)
    this.#events.wake()
  }

  /** What waits for a task that runs gets its result. */
  stop(): void {
    this.#stopped = true
    this.#inputs.stop()
    const left = [...this.#ready.splice(0), ...this.#cache.letGo()]
    // Not while others still put away what they have.
    if (left.length > 0) queueMicrotask(() => left.forEach((item) => this.#events.abort(item)))
  }
}
