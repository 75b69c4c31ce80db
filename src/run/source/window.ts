/**
 * Bounds what was read from the inputs and not yet handed to the consumer: queued, running and finished items count.
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

  /** Whether one more may be read. One always may, however large. */
  hasRoom(): boolean {
    const room = this.#items === 0 || (this.#items < this.#maxItems && this.#bytes < this.#maxBytes)
    if (!room) this.#blocked = true
    return room
  }

  /** How many more may be read now; at least one where none is on its way. */
  room(): number {
    return this.hasRoom() ? Math.max(1, this.#maxItems - this.#items) : 0
  }

  get maxItems(): number {
    return this.#maxItems
  }

  /** Whoever asked for room last was told that there is none. */
  get isBlocked(): boolean {
    return this.#blocked
  }

  /** Has room announced that comes from now on, as to one who asked in vain. */
  announce(): void {
    this.#blocked = true
  }

  /** Makes room for at least so many items. */
  atLeast(items: number): void {
    this.#maxItems = Math.max(this.#maxItems, items)
  }

  /** Makes room where all that is in it waits for what is not: twice as much as before. */
  grow(): void {
    this.#maxItems *= 2
    this.#maxBytes *= 2
    this.#blocked = false
  }

  enter(bytes: number): void {
    this.#items++
    this.#bytes += bytes
  }

  /** An item has become its result, which has another size. */
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

/** The window of a run: as many items as were asked for, else what keeps its workers busy. */
export function windowFor(items: number | undefined, workers: number, onRoom: () => void): Window {
  if (items !== undefined) return new Window(items, Infinity, onRoom)
  return new Window(BATCHES_PER_WORKER * workers * ITEMS_PER_BATCH, MAX_BYTES, onRoom)
}
