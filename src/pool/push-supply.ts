import { MAX_BATCH_BYTES } from './batch-sizer.ts'
import { EntryLot } from './entry-lot.ts'
import type { Entry } from './entry.ts'
import type { Lot } from './lot.ts'
import type { Supply } from './supply.ts'

/** Waiting entries of one priority, from `next` on. */
interface Line {
  readonly priority: number
  entries: Entry[]
  next: number
}

/** Entries that come one by one: the highest priority first, and among equals the oldest. */
export class PushSupply implements Supply {
  /** Waiting entries by priority, highest first; most jobs know only one. */
  readonly #lines: Line[] = []
  readonly #onLeft: (count: number) => void
  #length = 0
  #closed = false

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

  push(entry: Entry): void {
    const { priority } = entry.policy
    let at = this.#lines.findIndex((line) => line.priority <= priority)
    if (at < 0) at = this.#lines.length
    if (this.#lines[at]?.priority !== priority) this.#lines.splice(at, 0, { priority, entries: [], next: 0 })
    this.#lines[at]?.entries.push(entry)
    this.#length++
  }

  /** No more entries will be pushed. */
  close(): void {
    this.#closed = true
  }

  remaining(): number {
    return this.#length
  }

  priority(): number {
    return this.#lines[0]?.priority ?? 0
  }

  take(max: number): Lot | undefined {
    const entries: Entry[] = []
    let bytes = 0
    while (entries.length < max && this.#length > 0 && bytes < MAX_BATCH_BYTES) {
      const line = this.#lines[0] as Line
      const entry = line.entries[line.next] as Entry
      // One message says once how its inputs are to be read.
      if (entries.length > 0 && entry.spread !== entries[0]?.spread) break
      line.next++
      this.#length--
      bytes += entry.bytes
      entries.push(entry)
      if (line.next === line.entries.length) this.#lines.shift()
      else if (line.next === 1_024) {
        line.entries = line.entries.slice(line.next)
        line.next = 0
      }
    }
    if (entries.length === 0) return undefined
    this.#onLeft(entries.length)
    return new EntryLot(entries)
  }

  /** Takes one entry away, known by its ticket. False where it does not wait here. */
  remove(ticket: unknown): boolean {
    for (const line of this.#lines) {
      const at = line.entries.findIndex((entry, i) => i >= line.next && entry.ticket === ticket)
      if (at < 0) continue
      line.entries.splice(at, 1)
      this.#length--
      this.#onLeft(1)
      if (line.next === line.entries.length) this.#lines.splice(this.#lines.indexOf(line), 1)
      return true
    }
    return false
  }

  /** Takes all that waits away. */
  drain(): Entry[] {
    const entries = this.#lines.flatMap((line) => line.entries.slice(line.next))
    this.#lines.length = 0
    this.#length = 0
    this.#onLeft(entries.length)
    return entries
  }

  stop(): void {
    this.close()
    this.drain()
  }
}
