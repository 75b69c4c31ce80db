import { MAX_BATCH_BYTES } from './batch-sizer.ts'
import type { Chunk } from './chunk.ts'
import { ItemChunk } from './item-chunk.ts'
import type { Item } from './item.ts'
import type { StartLimiter, Source } from './ports.ts'

/** The items of a job that wait for a worker: suspects first, then items that run again, then new inputs. */
export class PendingQueue {
  readonly #source: Source
  readonly #limiter: StartLimiter | undefined
  /** Items that came back, and run before new ones. */
  #again: Item[] = []
  /** A chunk that was read to see if there is work. It has passed the limiter. */
  #peeked: Chunk | undefined
  /** Items that may have killed their worker: each runs alone. */
  #suspects: Item[] = []

  constructor(source: Source, limiter: StartLimiter | undefined) {
    this.#source = source
    this.#limiter = limiter
  }

  /** Number of items that no worker has, if that is known. */
  remaining(): number | undefined {
    const rest = this.#source.remaining()
    return rest === undefined ? undefined : rest + this.#again.length + (this.#peeked?.length ?? 0)
  }

  /** True if nothing waits for a worker now. */
  get isDrained(): boolean {
    return this.isEmpty && this.#source.empty
  }

  /** True if no item that was read, or came back, waits for a worker. */
  get isEmpty(): boolean {
    return this.#suspects.length === 0 && this.#again.length === 0 && this.#peeked === undefined
  }

  get hasSuspects(): boolean {
    return this.#suspects.length > 0
  }

  /** Returns true if something waits that a worker could take now. */
  hasWork(): boolean {
    if (this.#suspects.length > 0 || this.#peeked !== undefined) return true
    if (this.#again.length > 0) return (this.#limiter?.room(1) ?? 1) > 0
    this.#peeked = this.take(1)
    return this.#peeked !== undefined
  }

  /** Takes an item that must run with nothing else in its worker. */
  takeSuspect(): Item | undefined {
    this.#limiter?.started(1)
    return this.#suspects.shift()
  }

  /** Takes inputs for one batch, at most `max`; undefined if there are none now. */
  take(max: number, worker?: object): Chunk | undefined {
    const peeked = this.#peeked
    if (peeked !== undefined && (this.#again.length === 0 || this.#limiter !== undefined)) {
      this.#peeked = undefined
      return peeked
    }
    const room = this.#limiter?.room(max) ?? max
    if (room === 0) return undefined
    const chunk = this.#again.length > 0 ? this.#takeAgain(room) : this.#source.take(room, worker)
    this.#limiter?.started(chunk?.length ?? 0)
    return chunk
  }

  /** Adds items that run again, before all that have not begun. */
  requeue(items: readonly Item[]): void {
    this.#again = [...items, ...this.#again].sort((a, b) => a.index - b.index)
  }

  /** Adds an item whose retry delay is over. */
  retry(item: Item): void {
    this.#again.push(item)
  }

  suspect(items: readonly Item[]): void {
    this.#suspects.push(...items)
  }

  /** Takes out the items that run again and that `matches` holds for. */
  takeOut(matches: (item: Item) => boolean): Item[] {
    const found = this.#again.filter((item) => matches(item))
    this.#again = this.#again.filter((item) => !matches(item))
    return found
  }

  /** Takes out all items, and stops the source. */
  clear(): Item[] {
    const waiting = [...this.#again, ...this.#suspects]
    const peeked = this.#peeked
    for (let at = 0; at < (peeked?.length ?? 0); at++) waiting.push((peeked as Chunk).item(at))
    this.#again = []
    this.#suspects = []
    this.#peeked = undefined
    this.#source.stop()
    return waiting
  }

  /** Takes items that run again, as many as fit into one message. */
  #takeAgain(max: number): Chunk {
    const first = this.#again[0] as Item
    let count = 0
    for (let bytes = 0; count < max && bytes < MAX_BATCH_BYTES; count++) {
      const item = this.#again[count]
      if (item === undefined || item.spread !== first.spread || item.row?.format !== first.row?.format) break
      bytes += item.bytes
    }
    return new ItemChunk(this.#again.splice(0, count))
  }
}
