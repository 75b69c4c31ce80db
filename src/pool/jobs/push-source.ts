import { Fifo } from '../../util/fifo.ts'
import { MAX_BATCH_BYTES } from './batch-sizer.ts'
import type { Chunk } from './chunk.ts'
import { ItemChunk } from './item-chunk.ts'
import type { Item } from './item.ts'
import type { Source } from './ports.ts'

/** Waiting items of one priority, oldest first. */
interface Line {
  readonly priority: number
  readonly items: Fifo<Item>
}

/** A source of items that are pushed one by one: hands out the highest priority first, and among equals the oldest. */
export class PushSource implements Source {
  /** Waiting items by priority, highest first; most jobs have only one. */
  readonly #lines: Line[] = []
  readonly #onLeft: (count: number) => void
  #length = 0
  #closed = false
  #hasTimeouts = false

  /** `onLeft` is called with the number of items that were taken or removed. */
  constructor(onLeft: (count: number) => void = () => {}) {
    this.#onLeft = onLeft
  }

  get length(): number {
    return this.#length
  }

  get empty(): boolean {
    return this.#length === 0
  }

  get exhausted(): boolean {
    return this.#closed && this.#length === 0
  }

  /** True if one of the items had a timeout. */
  get hasTimeouts(): boolean {
    return this.#hasTimeouts
  }

  push(item: Item): void {
    const { priority, timeout } = item.policy
    if (timeout !== undefined) this.#hasTimeouts = true
    let at = this.#lines.findIndex((line) => line.priority <= priority)
    if (at < 0) at = this.#lines.length
    if (this.#lines[at]?.priority !== priority) this.#lines.splice(at, 0, { priority, items: new Fifo() })
    this.#lines[at]?.items.push(item)
    this.#length++
  }

  /** No more items will be pushed. */
  close(): void {
    this.#closed = true
  }

  remaining(): number {
    return this.#length
  }

  priority(): number {
    return this.#lines[0]?.priority ?? 0
  }

  take(max: number): Chunk | undefined {
    const items: Item[] = []
    let bytes = 0
    while (items.length < max && this.#length > 0 && bytes < MAX_BATCH_BYTES) {
      const line = this.#lines[0] as Line
      const item = line.items.first as Item
      // All items of a message have the same `spread`.
      if (items.length > 0 && item.spread !== items[0]?.spread) break
      line.items.shift()
      this.#length--
      bytes += item.bytes
      items.push(item)
      if (line.items.length === 0) this.#lines.shift()
    }
    if (items.length === 0) return undefined
    this.#onLeft(items.length)
    return new ItemChunk(items)
  }

  /** Removes the item with this tag. Returns false if it does not wait here. */
  remove(tag: unknown): boolean {
    for (const line of this.#lines) {
      if (line.items.remove((item) => item.tag === tag) === undefined) continue
      this.#length--
      this.#onLeft(1)
      if (line.items.length === 0) this.#lines.splice(this.#lines.indexOf(line), 1)
      return true
    }
    return false
  }

  /** Takes all items that wait. */
  drain(): Item[] {
    const items = this.#lines.flatMap((line) => line.items.drain())
    this.#lines.length = 0
    this.#length = 0
    this.#onLeft(items.length)
    return items
  }

  stop(): void {
    this.close()
    this.drain()
  }
}
