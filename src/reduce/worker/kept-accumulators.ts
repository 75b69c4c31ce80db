import type { Packed, Sent } from './messages.ts'

/** Accumulators that a worker keeps at once, at most: that which it adds to, and one that waits to be combined. */
const MOST = 2

/** An accumulator as it is, and packed. */
export interface KeptAccumulator {
  /** Undefined if it has to be unpacked. */
  readonly live: { readonly value: unknown } | undefined
  readonly packed: Packed
}

/**
 * Accumulators that stay in their worker between calls, so that the next call does not have to unpack them. The caller has
 * each packed, too, and sends it if it is not here.
 */
export class KeptAccumulators {
  readonly #byId = new Map<number, KeptAccumulator>()

  keep(id: number, value: unknown, packed: Packed): void {
    this.#byId.set(id, { live: { value }, packed })
    for (const oldest of this.#byId.keys()) if (this.#byId.size > MOST) this.#byId.delete(oldest)
  }

  /** Takes an accumulator out: it will be changed. Undefined if it is not here. */
  take({ id, packed }: Sent): KeptAccumulator | undefined {
    const kept = this.#byId.get(id)
    this.#byId.delete(id)
    return kept ?? (packed && { live: undefined, packed })
  }
}
