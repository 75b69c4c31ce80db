import { type CallRequest, keep } from '../../cache/cached-call.ts'
import type { Claim } from '../../cache/store/claims/claims.ts'
import type { InFlightCall, SettledCall } from '../../cache/store/claims/in-flight-calls.ts'
import { decodeCopy, detached } from '../../cache/store/value-codec.ts'
import type { RunCacheTotals } from '../../observe/observer.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { KeyedCalls } from './keyed-calls.ts'

/** Pauses between looks for results that other processes compute, in milliseconds: the first, growing to the last. */
const FIRST_LOOK_MS = 5
const LAST_LOOK_MS = 100

/** Callbacks for inputs that need no worker, or none yet. */
export interface CacheEvents {
  /** Converts a worker's result to the stored value. Default: the identity. */
  storedOf?(item: Item, value: unknown): unknown
  /** The result was in the cache, or another task or process computed it. */
  hit(item: Item, value: unknown, bytes: number): void
  /** The other task or process failed to compute the result: the item has to run after all. */
  run(item: Item): void
}

/** An input that runs, and whose result will be stored. */
interface Running {
  readonly calls: KeyedCalls
  readonly request: CallRequest
  readonly inFlight: InFlightCall
  readonly claim: Claim | undefined
}

/** An input that another process computes. */
interface Elsewhere {
  readonly item: Item
  readonly calls: KeyedCalls
  readonly request: CallRequest
  readonly since: number
}

/**
 * A cache before the workers of a run. Calls whose result is stored do not run; results that are being computed, in this
 * process or another, are awaited; the rest runs, and its results are stored as they arrive.
 */
export class RunCache {
  readonly #argsOf: (item: Item) => readonly unknown[]
  readonly #events: CacheEvents
  readonly #functions = new Map<PreparedFunction, KeyedCalls>()
  readonly #running = new Map<Item, Running>()
  /** Inputs that wait for what this process computes, and since when. */
  readonly #waiting = new Map<Item, number>()
  readonly #totals = { hits: 0, joined: 0, misses: 0, savedMs: 0, waitedMs: 0 }
  #elsewhere: Elsewhere[] = []
  #looking: NodeJS.Timeout | undefined
  #delay = FIRST_LOOK_MS
  #closed = false

  /** `argsOf` returns the arguments of the call that an item stands for. */
  constructor(argsOf: (item: Item) => readonly unknown[], events: CacheEvents) {
    this.#argsOf = argsOf
    this.#events = events
  }

  /** Starts to look up and store the results of a function. */
  add(fn: PreparedFunction, calls: KeyedCalls): void {
    this.#functions.set(fn, calls)
  }

  /** The work of this cache in its run. */
  get totals(): RunCacheTotals {
    return this.#totals
  }

  /** Inputs that wait for a result. */
  get held(): number {
    return this.#waiting.size + this.#elsewhere.length
  }

  /** Returns true if an item has to run now. Otherwise a callback gets its outcome, perhaps before this returns. */
  admit(item: Item): boolean {
    const calls = this.#functions.get(item.fn)
    const request = calls?.request(this.#argsOf(item))
    if (calls === undefined || request === undefined) return true
    const { store } = calls
    if (this.#find(item, calls, request, 'hits')) return false
    const inFlight = store.inFlight.get(request.key)
    if (inFlight !== undefined) {
      this.#waiting.set(item, performance.now())
      inFlight.onSettled((settled) => this.#onSettled(item, request, settled))
      return false
    }
    let claim: Claim | undefined
    if (!store.durations.isShort(request.meta.code)) {
      claim = store.claims.take(request.key, 'queued')
      if (claim === undefined) {
        this.#elsewhere.push({ item, calls, request, since: performance.now() })
        this.#look()
        return false
      }
      // Another process may have stored it between the lookup and the claim.
      if (this.#find(item, calls, request, 'hits')) {
        claim.release()
        return false
      }
    }
    this.#running.set(item, { calls, request, inFlight: store.inFlight.begin(request.key, 'queued'), claim })
    return true
  }

  /**
   * Stores a result that has arrived, before the consumer gets it. `ms` is the typical time of such tasks. Returns a
   * function to call afterwards, which hands the result to the items that await it.
   */
  fulfilled(item: Item, value: unknown, ms: number | undefined): (() => void) | undefined {
    const running = this.#running.get(item)
    if (running === undefined) return undefined
    this.#running.delete(item)
    const { calls, request, inFlight, claim } = running
    const { counts = calls.store.counts } = request
    counts.misses++
    this.#totals.misses++
    const settled = keep(
      calls.store,
      request,
      this.#events.storedOf === undefined ? value : this.#events.storedOf(item, value),
      ms,
      counts,
    )
    claim?.release()
    const { stored } = settled
    const shown = stored && inFlight.isAwaited ? { ...settled, stored: detached(stored) } : settled
    return () => inFlight.settle(stored === undefined ? undefined : shown)
  }

  /** Called when a task failed: items that await its result run themselves. */
  failed(item: Item): void {
    const running = this.#running.get(item)
    this.#running.delete(item)
    running?.claim?.release()
    running?.inFlight.settle(undefined)
  }

  /** Takes out the items that other processes compute, because nothing more is to run. */
  takeAwaited(): Item[] {
    clearTimeout(this.#looking)
    this.#looking = undefined
    return this.#elsewhere.splice(0).map(({ item }) => item)
  }

  /** Called when the run is over. */
  close(): void {
    this.#closed = true
    this.takeAwaited()
    this.#waiting.clear()
    for (const item of [...this.#running.keys()]) this.failed(item)
  }

  #find(item: Item, { store }: KeyedCalls, request: CallRequest, as: 'hits' | 'joined'): boolean {
    const { counts = store.counts } = request
    const found = store.get(request.key, request, counts)
    if (found === undefined) return false
    counts[as]++
    this.#totals[as]++
    this.#totals.savedMs += found.head.ms
    this.#events.hit(item, found.value, found.bytes)
    return true
  }

  #onSettled(item: Item, request: CallRequest, settled: SettledCall | undefined): void {
    const since = this.#waiting.get(item)
    if (!this.#waiting.delete(item) || this.#closed) return
    this.#waited(since)
    const stored = settled?.stored
    if (stored === undefined) return this.#again(item)
    this.#totals.joined++
    if (request.counts !== undefined) request.counts.joined++
    this.#events.hit(item, decodeCopy(stored, request), stored.payload.length)
  }

  #again(item: Item): void {
    if (this.admit(item)) this.#events.run(item)
  }

  #waited(since: number = performance.now()): void {
    this.#totals.waitedMs += performance.now() - since
  }

  #look(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined
      this.#lookNow()
    }, this.#delay)
  }

  #lookNow(): void {
    const before = this.#elsewhere.splice(0)
    for (const { item, calls, request, since } of before) {
      this.#waited(since)
      if (!this.#find(item, calls, request, 'joined')) this.#again(item)
    }
    const isNews = this.#elsewhere.length < before.length
    this.#delay = isNews ? FIRST_LOOK_MS : Math.min(this.#delay * 1.5, LAST_LOOK_MS)
  }
}
