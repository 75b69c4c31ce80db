/** The number of batches that a worker may hold at once; each has a slot. */
export const SLOTS = 16_384
/** The slots, from the first on, whose plain results can be read from outside before they are sent: 9 KB each. */
export const SHOWN_SLOTS = 8
/** The largest batch: an item's number and the limit share a 32-bit word. */
export const MAX_BATCH = 32_767
/** The most items that a worker may have in flight at once: each has a lane. */
export const MAX_CONCURRENCY = 4_096
/** Items per such slot whose plain results can be read from outside before they are sent. */
const STAGED = 1_024

/** Two times of eight bytes, two words of four. */
const LANE_BYTES = 24

const HALF = 0x1_0000

/** An item that a worker has begun and not finished. */
export interface RunningItem {
  readonly batch: number
  readonly offset: number
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number
  /** The number of the step that is running, if the item is made of steps. */
  readonly step?: number
  /** The deadline of the step on the same clock, if it has a limit. */
  readonly until?: number
}

/** A step that an item begins. */
export interface BegunStep {
  readonly number: number
  /** 0 the first time. */
  readonly retried: number
  /** The step's deadline on the monotonic clock; 0 for none. */
  readonly until: number
}

/** Plain results by their code in memory; 0 is none, 1 a number. All others live in the worker's own memory. */
const PLAIN = [undefined, undefined, undefined, null, true, false] as const
const NUMBER = 1

/** A result that was finished but not sent when the beacon was read. */
export interface StagedResult {
  readonly batch: number
  readonly offset: number
  readonly value: number | undefined | null | boolean
}

/**
 * A few words of memory that a worker shares with its watcher: its host, or the watchdog of its process.
 *
 * It tells which items run and since when, without messages and even while the worker is blocked. The watcher can take
 * back items that have not started, and read finished plain results that wait behind a slow item.
 */
export class Beacon {
  readonly memory: SharedArrayBuffer
  /** Items in flight at once, at most. */
  readonly lanes: number
  /** Per slot: next item << 16 | limit. */
  readonly #claims: Int32Array
  readonly #batches: Int32Array
  /** Per slot: a batch that was revoked before it arrived. */
  readonly #refused: Int32Array
  /** Per lane: slot << 16 | item, plus one; 0 is free. */
  readonly #running: Int32Array
  readonly #startedAt: Float64Array
  /** Per lane: retried << 16 | step, plus one; 0 is none. */
  readonly #steps: Int32Array
  readonly #until: Float64Array
  readonly #kinds: Uint8Array
  readonly #numbers: Float64Array

  constructor(lanesOrMemory: number | SharedArrayBuffer) {
    const fixed = SLOTS * 12 + SHOWN_SLOTS * STAGED * 9
    if (typeof lanesOrMemory === 'number') {
      this.lanes = lanesOrMemory
      this.memory = new SharedArrayBuffer(fixed + lanesOrMemory * LANE_BYTES)
    } else {
      this.memory = lanesOrMemory
      this.lanes = (lanesOrMemory.byteLength - fixed) / LANE_BYTES
    }
    let end = 0
    const next = (bytes: number): number => (end += bytes) - bytes
    this.#numbers = new Float64Array(this.memory, next(SHOWN_SLOTS * STAGED * 8), SHOWN_SLOTS * STAGED)
    this.#startedAt = new Float64Array(this.memory, next(this.lanes * 8), this.lanes)
    this.#until = new Float64Array(this.memory, next(this.lanes * 8), this.lanes)
    this.#running = new Int32Array(this.memory, next(this.lanes * 4), this.lanes)
    this.#steps = new Int32Array(this.memory, next(this.lanes * 4), this.lanes)
    this.#claims = new Int32Array(this.memory, next(SLOTS * 4), SLOTS)
    this.#batches = new Int32Array(this.memory, next(SLOTS * 4), SLOTS)
    this.#refused = new Int32Array(this.memory, next(SLOTS * 4), SLOTS)
    this.#kinds = new Uint8Array(this.memory, next(SHOWN_SLOTS * STAGED), SHOWN_SLOTS * STAGED)
  }

  /** Makes a slot ready for a batch. */
  open(slot: number, batch: number, length: number): void {
    if (slot < SHOWN_SLOTS) this.#kinds.fill(0, slot * STAGED, slot * STAGED + Math.min(length, STAGED))
    Atomics.store(this.#claims, slot, length)
    Atomics.store(this.#batches, slot, batch)
    // Either this sees the refusal, or the watcher sees the batch.
    if (Atomics.load(this.#refused, slot) === batch) this.revoke(slot, batch)
  }

  /** Worker: takes the next item of a batch. Returns -1 if none is left, or all others were revoked. */
  claim(slot: number): number {
    for (;;) {
      const word = Atomics.load(this.#claims, slot)
      const next = word >>> 16
      if (next >= (word & 0xffff)) return -1
      if (Atomics.compareExchange(this.#claims, slot, word, word + HALF) === word) return next
    }
  }

  /** Worker: takes the next items of a batch, up to the one that `endOf` returns for the first. Returns the first, or -1. */
  claimUpTo(slot: number, endOf: (first: number) => number): number {
    for (;;) {
      const word = Atomics.load(this.#claims, slot)
      const next = word >>> 16
      if (next >= (word & 0xffff)) return -1
      const count = endOf(next) - next
      if (Atomics.compareExchange(this.#claims, slot, word, word + count * HALF) === word) return next
    }
  }

  /** Worker: returns true if no item of a batch is left to claim. */
  isEmpty(slot: number): boolean {
    const word = Atomics.load(this.#claims, slot)
    return word >>> 16 >= (word & 0xffff)
  }

  /** Watcher: revokes all items of a batch that are not claimed. Returns the number of claimed items. */
  revoke(slot: number, batch: number): number {
    Atomics.store(this.#refused, slot, batch)
    for (;;) {
      const word = Atomics.load(this.#claims, slot)
      if (Atomics.load(this.#batches, slot) !== batch) return 0
      const next = word >>> 16
      if (Atomics.compareExchange(this.#claims, slot, word, (next << 16) | next) === word) return next
    }
  }

  /** Worker: an item begins. */
  enter(lane: number, slot: number, item: number, now: number): void {
    this.#startedAt[lane] = now
    // Only the worker writes it, and most items have no steps: an atomic store costs more than a look.
    if (this.#steps[lane] !== 0) Atomics.store(this.#steps, lane, 0)
    Atomics.store(this.#running, lane, ((slot << 16) | item) + 1)
  }

  /** Worker: an item begins a step. Returns false if the item was given up in the meantime. */
  step(lane: number, slot: number, item: number, { number, retried, until }: BegunStep): boolean {
    if (Atomics.load(this.#running, lane) !== ((slot << 16) | item) + 1) return false
    Atomics.store(this.#steps, lane, 0)
    this.#until[lane] = until
    Atomics.store(this.#steps, lane, (((retried & 0x7fff) << 16) | number) + 1)
    return true
  }

  /** Worker: returns the start of the item on a lane. */
  startedAt(lane: number): number {
    return this.#startedAt[lane] as number
  }

  /** Worker: the item on a lane has ended. */
  leave(lane: number): void {
    Atomics.store(this.#running, lane, 0)
  }

  /** Worker: makes a finished result readable from outside. Returns false if it is not of a plain kind. */
  stage(slot: number, item: number, value: unknown): boolean {
    if (slot >= SHOWN_SLOTS || item >= STAGED) return false
    const cell = slot * STAGED + item
    if (typeof value === 'number') {
      this.#numbers[cell] = value
      this.#kinds[cell] = NUMBER
      return true
    }
    if (typeof value === 'object' && value !== null) return false
    const kind = PLAIN.indexOf(value as undefined, 2)
    if (kind < 0) return false
    this.#kinds[cell] = kind
    return true
  }

  /** Watcher: returns the finished results that can be read from outside, of all batches. */
  staged(): StagedResult[] {
    const results: StagedResult[] = []
    for (let slot = 0; slot < SHOWN_SLOTS; slot++) {
      const batch = Atomics.load(this.#batches, slot)
      const claimed = Atomics.load(this.#claims, slot) >>> 16
      for (let offset = 0; offset < Math.min(claimed, STAGED); offset++) {
        const kind = this.#kinds[slot * STAGED + offset] as number
        if (kind === 0) continue
        results.push({
          batch,
          offset,
          value: kind === NUMBER ? this.#numbers[slot * STAGED + offset] : PLAIN[kind],
        })
      }
    }
    return results
  }

  /** Watcher: returns the running items. */
  running(): RunningItem[] {
    const items: RunningItem[] = []
    for (let lane = 0; lane < this.lanes; lane++) {
      const word = Atomics.load(this.#running, lane)
      if (word === 0) continue
      const slot = (word - 1) >>> 16
      const startedAt = this.#startedAt[lane] as number
      const step = this.#stepOn(lane)
      const batch = Atomics.load(this.#batches, slot)
      // The item may have changed while its time was read. Then it began just now, and the next look will see it.
      if (Atomics.load(this.#running, lane) === word)
        items.push({ batch, offset: (word - 1) & 0xffff, startedAt, ...step })
    }
    return items
  }

  #stepOn(lane: number): { step: number; until?: number } | undefined {
    const word = Atomics.load(this.#steps, lane)
    if (word === 0) return undefined
    const step = (word - 1) & 0xffff
    const until = this.#until[lane] as number
    // If the step has changed meanwhile, the deadline may belong to another step.
    return until > 0 && Atomics.load(this.#steps, lane) === word ? { step, until } : { step }
  }
}
