import type { CallRequest } from '../cache/cached-call.ts'
import { keep } from '../cache/cached-call.ts'
import type { Claim } from '../cache/store/claims.ts'
import type { Flight, Landed } from '../cache/store/flights.ts'
import { decodeCopy, detached } from '../cache/store/value-codec.ts'
import type { Entry } from '../pool/entry.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import type { KeyedCalls } from './keyed-calls.ts'

/** How often results that other processes compute are looked for, in milliseconds: soon at first, then less often. */
const FIRST_LOOK_MS = 5
const LAST_LOOK_MS = 100

/** What becomes of inputs that need no worker, or none yet. */
export interface CacheEvents {
  /** What is stored of what workers say; the same where it is absent. */
  storedOf?(entry: Entry, value: unknown): unknown
  /** The result was there, or somebody else made it. */
  hit(entry: Entry, value: unknown, bytes: number): void
  /** Whoever was to make it failed: it has to run after all. */
  run(entry: Entry): void
}

/** An input that runs, and whose result will be stored. */
interface Running {
  readonly calls: KeyedCalls
  readonly request: CallRequest
  readonly flight: Flight
  readonly claim: Claim | undefined
}

/** An input that another process computes. */
interface Elsewhere {
  readonly entry: Entry
  readonly calls: KeyedCalls
  readonly request: CallRequest
}

/**
 * A cache before the workers of a run: what is there does not run; what is computed at this moment, in this run or
 * elsewhere, is waited for; the rest runs, and its results are stored as they arrive.
 */
export class RunCache {
  readonly #argsOf: (entry: Entry) => readonly unknown[]
  readonly #events: CacheEvents
  readonly #functions = new Map<FunctionUse, KeyedCalls>()
  readonly #running = new Map<Entry, Running>()
  /** Inputs that wait for what this process computes. */
  readonly #waiting = new Set<Entry>()
  #elsewhere: Elsewhere[] = []
  #looking: NodeJS.Timeout | undefined
  #delay = FIRST_LOOK_MS
  #closed = false

  /** `argsOf`: the arguments that an input stands for. */
  constructor(argsOf: (entry: Entry) => readonly unknown[], events: CacheEvents) {
    this.#argsOf = argsOf
    this.#events = events
  }

  /** The results of a function are kept. */
  add(fn: FunctionUse, calls: KeyedCalls): void {
    this.#functions.set(fn, calls)
  }

  /** Inputs that wait for a result. */
  get held(): number {
    return this.#waiting.size + this.#elsewhere.length
  }

  /** Whether an input has to run now. Where it need not, the events tell what becomes of it, perhaps at once. */
  admit(entry: Entry): boolean {
    const calls = this.#functions.get(entry.fn)
    const request = calls?.request(this.#argsOf(entry))
    if (calls === undefined || request === undefined) return true
    const { store } = calls
    if (this.#find(entry, calls, request, 'hits')) return false
    const flight = store.flights.get(request.key)
    if (flight !== undefined) {
      this.#waiting.add(entry)
      flight.onLanding((landed) => this.#landed(entry, request, landed))
      return false
    }
    let claim: Claim | undefined
    if (!store.durations.isShort(request.meta.code)) {
      claim = store.claims.take(request.key, 'queued')
      if (claim === undefined) {
        this.#elsewhere.push({ entry, calls, request })
        this.#look()
        return false
      }
      // It may have been stored since it was looked for.
      if (this.#find(entry, calls, request, 'hits')) {
        claim.release()
        return false
      }
    }
    this.#running.set(entry, { calls, request, flight: store.flights.begin(request.key, 'queued'), claim })
    return true
  }

  /** A result has arrived: it is stored before anybody sees it. `ms`: what such tasks take. */
  fulfilled(entry: Entry, value: unknown, ms: number | undefined): (() => void) | undefined {
    const running = this.#running.get(entry)
    if (running === undefined) return undefined
    this.#running.delete(entry)
    const { calls, request, flight, claim } = running
    const { counts = calls.store.counts } = request
    counts.misses++
    const landed = keep(
      calls.store,
      request,
      this.#events.storedOf === undefined ? value : this.#events.storedOf(entry, value),
      ms,
      counts,
    )
    claim?.release()
    const { stored } = landed
    const shown = stored && flight.isAwaited ? { ...landed, stored: detached(stored) } : landed
    return () => flight.land(stored === undefined ? undefined : shown)
  }

  /** It failed: whoever waits for it computes it for himself. */
  failed(entry: Entry): void {
    const running = this.#running.get(entry)
    this.#running.delete(entry)
    running?.claim?.release()
    running?.flight.land(undefined)
  }

  /** Lets go of inputs that are waited for elsewhere: nothing more is to run. */
  letGo(): Entry[] {
    clearTimeout(this.#looking)
    this.#looking = undefined
    return this.#elsewhere.splice(0).map(({ entry }) => entry)
  }

  /** The run is over. */
  close(): void {
    this.#closed = true
    this.letGo()
    this.#waiting.clear()
    for (const entry of [...this.#running.keys()]) this.failed(entry)
  }

  #find(entry: Entry, { store }: KeyedCalls, request: CallRequest, as: 'hits' | 'joined'): boolean {
    const { counts = store.counts } = request
    const found = store.get(request.key, request, counts)
    if (found === undefined) return false
    counts[as]++
    this.#events.hit(entry, found.value, found.bytes)
    return true
  }

  #landed(entry: Entry, request: CallRequest, landed: Landed | undefined): void {
    if (!this.#waiting.delete(entry) || this.#closed) return
    const stored = landed?.stored
    if (stored === undefined) return this.#again(entry)
    if (request.counts !== undefined) request.counts.joined++
    this.#events.hit(entry, decodeCopy(stored, request), stored.payload.length)
  }

  #again(entry: Entry): void {
    if (this.admit(entry)) this.#events.run(entry)
  }

  #look(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined
      this.#lookNow()
    }, this.#delay)
  }

  #lookNow(): void {
    const before = this.#elsewhere.splice(0)
    for (const { entry, calls, request } of before) {
      if (!this.#find(entry, calls, request, 'joined')) this.#again(entry)
    }
    const isNews = this.#elsewhere.length < before.length
    this.#delay = isNews ? FIRST_LOOK_MS : Math.min(this.#delay * 1.5, LAST_LOOK_MS)
  }
}
