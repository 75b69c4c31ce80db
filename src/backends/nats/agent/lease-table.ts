import { monotonicNow } from '../../../util/time.ts'

/** A client that was refused and still wants a worker asks again within this time, in milliseconds. */
const ASKS_AGAIN_MS = 3_000

/** A worker that is lent to a client. */
export interface Lease {
  readonly client: string
  /** It has nothing to do. */
  readonly isIdle: boolean
  /** Asks its client to return it. */
  leave(): void
}

/**
 * Shares out an agent's workers if there are not enough for all clients: idle workers are asked back first, then workers of
 * the client that has the most, until all have about as many.
 */
export class LeaseTable {
  readonly #most: number
  /** Clients that were refused, and when. */
  readonly #sentAway = new Map<string, number>()
  readonly #now: () => number

  /** `most`: workers that can be lent at once. */
  constructor(most: number, now: () => number = monotonicNow) {
    this.#most = most
    this.#now = now
  }

  /** True if a client waits for a worker to be returned. */
  get isAskedFor(): boolean {
    const since = this.#now() - ASKS_AGAIN_MS
    for (const [client, at] of this.#sentAway) if (at < since) this.#sentAway.delete(client)
    return this.#sentAway.size > 0
  }

  /** Tells if a client can have one more worker now. If not, makes room for it if that is fair. */
  mayHave(client: string, lent: readonly Lease[]): boolean {
    const counts = new Map<string, number>()
    for (const one of lent) counts.set(one.client, (counts.get(one.client) ?? 0) + 1)
    const own = counts.get(client) ?? 0
    const isFull = lent.length >= this.#most
    if (!isFull && !this.#othersComeFirst(client, own, counts)) {
      this.#sentAway.delete(client)
      return true
    }
    this.#sentAway.set(client, this.#now())
    if (isFull) makeRoom(own, lent, counts)
    return false
  }

  #othersComeFirst(client: string, own: number, counts: ReadonlyMap<string, number>): boolean {
    if (!this.isAskedFor) return false
    for (const other of this.#sentAway.keys()) if (other !== client && (counts.get(other) ?? 0) < own) return true
    return false
  }
}

function makeRoom(own: number, lent: readonly Lease[], counts: ReadonlyMap<string, number>): void {
  const idle = lent.filter((one) => one.isIdle)
  for (const one of idle) one.leave()
  if (idle.length > 0) return
  const [richest, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
  // With one worker less it still has as many as the client that asks will have.
  if (most >= own + 2) lent.findLast((one) => one.client === richest)?.leave()
}
