import { MAX_BATCH_BYTES } from './batch-sizer.ts'
import type { Chunk } from './chunk.ts'
import { ItemChunk } from './item-chunk.ts'
import type { Item } from './item.ts'
import type { Source } from './ports.ts'

/** Waiting items of one priority, from `next` on. */
interface Line {
  readonly priority: number
  items: Item[]
  next: number
}

/** Items that come one by one: the highest priority first, and among equals the oldest. */
export class PushSource implements Source {
  /** Waiting items by priority, highest first; most jobs know only one. */
  readonly #lines: Line[] = []
  readonly #onLeft: (count: number) => void
  #length = 0
  #closed = false
  #hasTimeouts = false

  /** `onLeft` is called with how many went: to a worker, or away. */
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

  /** One of the items had a limit in time. */
  get hasTimeouts(): boolean {
    return this.#hasTimeouts
  }

  push(item: Item): void {
    const { priority, timeout } = item.policy
    if (timeout !== undefined) this.#hasTimeouts = true
    let at = this.#lines.findIndex((line) => line.priority <= priority)
    if (at < 0) at = this.#lines.length
    if (this.#lines[at]?.priority !== priority) this.#lines.splice(at, 0, { priority, items: [], next: 0 })
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
      const item = line.items[line.next] as Item
      // One message says once how its inputs are to be read.
      if (items.length > 0 && item.spread !== items[0]?.spread) break
      line.next++
      this.#length--
      bytes += item.bytes
      items.push(item)
      if (line.next === line.items.length) this.#lines.shift()
      else if (line.next === 1_024) {
        line.items = line.items.slice(line.next)
        line.next = 0
      }
    }
    if (items.length === 0) return undefined
    this.#onLeft(items.length)
    return new ItemChunk(items)
  }

  /** Takes one item away, known by its tag. False where it does not wait here. */
  remove(tag: unknown): boolean {
    for (const line of this.#lines) {
      const at = line.items.findIndex((item, i) => i >= line.next && item.tag === tag)
      if (at < 0) continue
      line.items.splice(at, 1)
      this.#length--
      this.#onLeft(1)
      if (line.next === line.items.length) this.#lines.splice(this.#lines.indexOf(line), 1)
      return true
    }
    return false
  }

  /** Takes all that waits away. */
  drain(): Item[] {
    const items = this.#lines.flatMap((line) => line.items.slice(line.next))
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
