import type { Item } from '../../pool/jobs/item.ts'

/** Entries of one stage, in the order of their inputs, from `next` on. */
interface Line {
  entries: Item[]
  next: number
}

/** Calls that can be made: those nearest to the end of the graph first, and of one stage in the order of the inputs. */
export class EntryQueue {
  /** By the rank of their stage. */
  readonly #lines: Line[] = []
  #length = 0
  /** Entries that were pushed so far. */
  pushed = 0

  get length(): number {
    return this.#length
  }

  push(rank: number, entry: Item): void {
    const { entries, next } = this.#lineOf(rank)
    let at = entries.length
    while (at > next && (entries[at - 1] as Item).index > entry.index) at--
    if (at === entries.length) entries.push(entry)
    else entries.splice(at, 0, entry)
    this.#length++
    this.pushed++
  }

  /** At most so many of one stage, and not many more bytes than so; none where there are none. */
  take(max: number, maxBytes: number): Item[] {
    const line = this.#length === 0 ? undefined : this.#lines.find(({ entries, next }) => next < entries.length)
    if (line === undefined) return []
    const from = line.next
    for (let bytes = 0; line.next < line.entries.length && line.next - from < max && bytes < maxBytes; line.next++) {
      bytes += (line.entries[line.next] as Item).bytes
    }
    const taken = line.entries.slice(from, line.next)
    this.#length -= taken.length
    if (line.next >= 1_024 || line.next === line.entries.length) {
      line.entries = line.entries.slice(line.next)
      line.next = 0
    }
    return taken
  }

  /** Takes out all. */
  drain(): Item[] {
    const entries = this.#lines.flatMap((line) => line.entries.slice(line.next))
    this.#lines.length = 0
    this.#length = 0
    return entries
  }

  #lineOf(rank: number): Line {
    while (this.#lines.length <= rank) this.#lines.push({ entries: [], next: 0 })
    return this.#lines[rank] as Line
  }
}
