import { type CallRequest, keep } from '../../cache/cached-call.ts'
import type { Claim } from '../../cache/store/claims/claims.ts'
import type { InFlightCall, SettledCall } from '../../cache/store/claims/in-flight-calls.ts'
import { decodeCopy, detached } from '../../cache/store/value-codec.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { KeyedCalls } from './keyed-calls.ts'

/** How often results that other processes compute are looked for, in milliseconds: soon at first, then less often. */
const FIRST_LOOK_MS = 5
const LAST_LOOK_MS = 100

/** What becomes of inputs that need no worker, or none yet. */
export interface CacheEvents {
  /** What is stored of what workers say; the same where it is absent. */
  storedOf?(item: Item, value: unknown): unknown
  /** The result was there, or somebody else made it. */
  hit(item: Item, value: unknown, bytes: number): void
  /** Whoever was to make it failed: it has to run after all. */
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
}

/**
 * A cache before the workers of a run: what is there does not run; what is computed at this moment, in this run or
 * elsewhere, is waited for; the rest runs, and its results are stored as they arrive.
 */
export class RunCache {
  readonly #argsOf: (item: Item) => readonly unknown[]
  readonly #events: CacheEvents
  readonly #functions = new Map<PreparedFunction, KeyedCalls>()
  readonly #running = new Map<Item, Running>()
  /** Inputs that wait for what this process computes. */
  readonly #waiting = new Set<Item>()
  #elsewhere: Elsewhere[] = []
  #looking: NodeJS.Timeout | undefined
  #delay = FIRST_LOOK_MS
  #closed = false

  /** `argsOf`: the arguments that an input stands for. */
  constructor(argsOf: (item: Item) => readonly unknown[], events: CacheEvents) {
    this.#argsOf = argsOf
    this.#events = events
  }

  /** The results of a function are kept. */
  add(fn: PreparedFunction, calls: KeyedCalls): void {
    this.#functions.set(fn, calls)
  }

  /** Inputs that wait for a result. */
  get held(): number {
    return this.#waiting.size + this.#elsewhere.length
  }

  /** Whether an input has to run now. Where it need not, the events tell what becomes of it, perhaps at once. */
  admit(item: Item): boolean {
    const calls = this.#functions.get(item.fn)
    const request = calls?.request(this.#argsOf(item))
    if (calls === undefined || request === undefined) return true
    const { store } = calls
    if (this.#find(item, calls, request, 'hits')) return false
    const inFlight = store.inFlight.get(request.key)
    if (inFlight !== undefined) {
      this.#waiting.add(item)
      inFlight.onSettled((settled) => this.#onSettled(item, request, settled))
      return false
    }
    let claim: Claim | undefined
    if (!store.durations.isShort(request.meta.code)) {
      claim = store.claims.take(request.key, 'queued')
      if (claim === undefined) {
        this.#elsewhere.push({ item, calls, request })
        this.#look()
        return false
      }
      // It may have been stored since it was looked for.
      if (this.#find(item, calls, request, 'hits')) {
        claim.release()
        return false
      }
    }
    this.#running.set(item, { calls, request, inFlight: store.inFlight.begin(request.key, 'queued'), claim })
    return true
  }

  /** A result has arrived: it is stored before anybody sees it. `ms`: what such tasks take. */
  fulfilled(item: Item, value: unknown, ms: number | undefined): (() => void) | undefined {
    const running = this.#running.get(item)
    if (running === undefined) return undefined
    this.#running.delete(item)
    const { calls, request, inFlight, claim } = running
    const { counts = calls.store.counts } = request
    counts.misses++
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

  /** It failed: whoever waits for it computes it for himself. */
  failed(item: Item): void {
    const running = this.#running.get(item)
    this.#running.delete(item)
    running?.claim?.release()
    running?.inFlight.settle(undefined)
  }

  /** Lets go of inputs that are waited for elsewhere: nothing more is to run. */
  takeAwaited(): Item[] {
    clearTimeout(this.#looking)
    this.#looking = undefined
    return this.#elsewhere.splice(0).map(({ item }) => item)
  }

  /** The run is over. */
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
    this.#events.hit(item, found.value, found.bytes)
    return true
  }

  #onSettled(item: Item, request: CallRequest, settled: SettledCall | undefined): void {
    if (!this.#waiting.delete(item) || this.#closed) return
    const stored = settled?.stored
    if (stored === undefined) return this.#again(item)
    if (request.counts !== undefined) request.counts.joined++
    this.#events.hit(item, decodeCopy(stored, request), stored.payload.length)
  }

  #again(item: Item): void {
    if (this.admit(item)) this.#events.run(item)
  }

  #look(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined
      this.#lookNow()
    }, this.#delay)
  }

  #lookNow(): void {
    const before = this.#elsewhere.splice(0)
    for (const { item, calls, request } of before) {
      if (!this.#find(item, calls, request, 'joined')) this.#again(item)
    }
    const isNews = this.#elsewhere.length < before.length
    this.#delay = isNews ? FIRST_LOOK_MS : Math.min(this.#delay * 1.5, LAST_LOOK_MS)
  }
}
