import { EntryLot } from '../pool/entry-lot.ts'
import type { Entry } from '../pool/entry.ts'
import type { Lot } from '../pool/lot.ts'
import type { Ending } from '../pool/sink.ts'
import type { Supply } from '../pool/supply.ts'
import type { RunCache } from './run-cache.ts'

/** Looking up goes on for so long at a time, in milliseconds; then others have their turn. */
const SLICE_MS = 5

export interface CachedSupplyEvents {
  /** There may be something to take. */
  wake(): void
  /** An input that was read and will not run. */
  abort(entry: Entry): void
}

/** Inputs that are not in a cache. Those that are never come to a worker. */
export class CachedSupply implements Supply {
  readonly #inputs: Supply
  readonly #cache: RunCache
  readonly #events: CachedSupplyEvents
  readonly #group: number
  /** To run, and not taken yet. */
  #ready: Entry[] = []
  #stopped = false

  /** Inputs are looked up in groups of at least this size. */
  constructor(inputs: Supply, cache: RunCache, events: CachedSupplyEvents, group: number) {
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

  take(max: number): Lot | undefined {
    const startedAt = performance.now()
    while (this.#ready.length < max) {
      const lot = this.#inputs.take(Math.max(max, this.#group))
      if (lot === undefined) break
      for (let at = 0; at < lot.length; at++) {
        const entry = lot.entry(at)
        if (this.#cache.admit(entry)) this.#ready.push(entry)
      }
      if (performance.now() - startedAt > SLICE_MS) {
        setImmediate(() => this.#events.wake())
        break
      }
    }
    const spread = this.#ready[0]?.spread
    // One message says once how its inputs are to be read.
    const other = this.#ready.findIndex((entry) => entry.spread !== spread)
    const entries = this.#ready.splice(0, Math.min(max, other < 0 ? Infinity : other))
    return entries.length === 0 ? undefined : new EntryLot(entries)
  }

  /** An input has to run after all. */
  add(entry: Entry): void {
    if (this.#stopped) return this.#events.abort(entry)
    this.#ready.push(entry)
    this.#events.wake()
  }

  /** What waits for a task that runs gets its result. */
  stop(): void {
    this.#stopped = true
    this.#inputs.stop()
    const left = [...this.#ready.splice(0), ...this.#cache.letGo()]
    // Not while others still put away what they have.
    if (left.length > 0) queueMicrotask(() => left.forEach((entry) => this.#events.abort(entry)))
  }
}
