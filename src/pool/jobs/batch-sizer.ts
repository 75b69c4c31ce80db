import { MAX_BATCH } from '../../wire/protocol/beacon.ts'

/** Time that a batch should take in a worker, in milliseconds. */
const TARGET_MS = 4
/** The same for results that go to a file: nobody waits for the first of them. */
export const BULK_MS = 16
/** Items for one batch of these, at most: each batch costs this thread as much as hundreds of quick tasks. */
export const BULK_ITEMS = 2_048
const USUAL_MAX_ITEMS = 1_024
/** Larger batches leave the processor's caches, and block this thread while they are copied. */
export const MAX_BATCH_BYTES: number = 256 * 1024

/**
 * Chooses how many items are sent together.
 *
 * Starts at one item, so that the first result comes as early as from a single call, and doubles until a batch takes
 * about 4 ms or 256 KiB. Near the end batches shrink, so that workers finish together (guided self-scheduling,
 * Polychronopoulos and Kuck 1987).
 */
export class BatchSizer {
  readonly #fixed: number | undefined
  #size = 1
  readonly #maxItems: number
  readonly #targetMs: number
  #msPerItem = 0
  #resultBytes = 0

  /** `fixed`: the user's own batch size. `maxItems`: largest batch if there is none; `targetMs`: its time in a worker. */
  constructor(fixed: number | undefined, maxItems: number = USUAL_MAX_ITEMS, targetMs: number = TARGET_MS) {
    this.#fixed = fixed
    this.#maxItems = maxItems
    this.#targetMs = targetMs
  }

  /** Average milliseconds per item; 0 if that is not known yet. */
  get msPerItem(): number {
    return this.#msPerItem
  }

  /** Items for the next batch, with `remaining` items (if known) for `workers` workers. */
  next(remaining: number | undefined, workers: number): number {
    if (this.#fixed !== undefined) return Math.min(this.#fixed, MAX_BATCH)
    const guided = remaining === undefined ? Infinity : Math.ceil(remaining / (workers * 4))
    return Math.max(1, Math.min(this.#size, guided))
  }

  /** Items for calls that came at once: all are sent now; if they turn out long, waiting ones are stolen later. */
  burst(waiting: number, workers: number): number {
    const share = Math.ceil(waiting / workers)
    return Math.max(1, Math.min(share, this.#maxItems, this.#msPerItem === 0 ? Infinity : this.#limit()))
  }

  /** Learns from outcomes: `items` of them took `ms` milliseconds and `bytes` bytes. */
  observe(items: number, ms: number, bytes: number): void {
    if (items === 0) return
    this.#msPerItem = average(this.#msPerItem, ms / items, items)
    this.#resultBytes = average(this.#resultBytes, bytes / items, items)
    const limit = this.#limit()
    this.#size = Math.max(1, Math.min(limit, Math.max(this.#size, Math.min(this.#size, items) * 2)))
  }

  #limit(): number {
    const byTime = this.#targetMs / Math.max(this.#msPerItem, 1e-5)
    const byBytes = MAX_BATCH_BYTES / Math.max(this.#resultBytes, 1)
    return Math.max(1, Math.floor(Math.min(byTime, byBytes, this.#maxItems)))
  }
}

/** A moving average that few items change little and many much. */
function average(old: number, value: number, items: number): number {
  if (old === 0) return value
  const weight = items >= 16 ? 0.3 : 0.3 * Math.sqrt(items / 16)
  return old * (1 - weight) + value * weight
}
