/**
 * Bounds how far a run reads ahead of its consumer: queued, running and finished items count.
 *
 * Room is announced in steps, so that a consumer that takes results one by one does not wake the dispatcher each time.
 */
export class Window {
  #maxItems: number
  #maxBytes: number
  readonly #onRoom: () => void
  #items = 0
  #bytes = 0
  #blocked = false

  constructor(maxItems: number, maxBytes: number, onRoom: () => void) {
    this.#maxItems = maxItems
    this.#maxBytes = maxBytes
    this.#onRoom = onRoom
  }

  /** Returns true if one more item may be read. If the window is empty one always may, however large. */
  hasRoom(): boolean {
    const room = this.#items === 0 || (this.#items < this.#maxItems && this.#bytes < this.#maxBytes)
    if (!room) this.#blocked = true
    return room
  }

  /** Number of items that may be read now; at least one if the window is empty. */
  room(): number {
    return this.hasRoom() ? Math.max(1, this.#maxItems - this.#items) : 0
  }

  /** Number of items that were read and not yet handed to the consumer. */
  get items(): number {
    return this.#items
  }

  get maxItems(): number {
    return this.#maxItems
  }

  /** True if the last `hasRoom()` returned false. */
  get isBlocked(): boolean {
    return this.#blocked
  }

  /** Calls `onRoom` the next time there is room, as if `hasRoom()` had just returned false. */
  announce(): void {
    this.#blocked = true
  }

  /** Enlarges the window to at least this many items. */
  atLeast(items: number): void {
    this.#maxItems = Math.max(this.#maxItems, items)
  }

  /** Doubles the window. Used if every item in it depends on one outside it, which would deadlock. */
  grow(): void {
    this.#maxItems *= 2
    this.#maxBytes *= 2
    this.#blocked = false
  }

  enter(bytes: number, items = 1): void {
    this.#items += items
    this.#bytes += bytes
  }

  /** Called when an item is replaced by its result, which has another size in bytes. */
  resize(from: number, to: number): void {
    this.#bytes += to - from
  }

  leave(items: number, bytes: number): void {
    this.#items -= items
    this.#bytes -= bytes
    if (!this.#blocked) return
    const enough = this.#items <= this.#maxItems - Math.max(1, this.#maxItems / 8) || this.#items === 0
    if (!enough || (this.#bytes >= this.#maxBytes && this.#items > 0)) return
    this.#blocked = false
    this.#onRoom()
  }
}

const MAX_BYTES = 64 * 1024 * 1024
export const BATCHES_PER_WORKER = 2
const ITEMS_PER_BATCH = 1_024

/** Makes the window of a run: of `items` items if given, else large enough to keep its workers busy. */
export function windowFor(items: number | undefined, workers: number, onRoom: () => void): Window {
  if (items !== undefined) return new Window(items, Infinity, onRoom)
  return new Window(BATCHES_PER_WORKER * workers * ITEMS_PER_BATCH, MAX_BYTES, onRoom)
}
