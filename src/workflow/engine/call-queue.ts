import type { TaskError } from '../../errors/task-errors.ts'
import type { Item } from '../../pool/jobs/item.ts'
import { Fifo } from '../../util/fifo.ts'

/** Calls that can be made: those nearest to the end of the graph first, and of one stage in the order of the inputs. */
export class CallQueue {
  /** The calls of each stage, by its rank. */
  readonly #lines: Fifo<Item>[] = []
  #length = 0
  /** Entries that cannot be sent, and why: they are for the job to refuse. */
  readonly refused: Map<Item, TaskError> = new Map()
  /** Entries that were pushed so far. */
  pushed = 0

  get length(): number {
    return this.#length
  }

  push(rank: number, entry: Item): void {
    this.#lineOf(rank).insert(entry, ({ index }) => index > entry.index)
    this.#length++
    this.pushed++
  }

  /** Takes at most `max` calls of one stage, and stops once they have `maxBytes`; an empty list if there are none. */
  take(max: number, maxBytes: number): Item[] {
    const line = this.#lines.find(({ length }) => length > 0)
    const taken: Item[] = []
    for (let bytes = 0; taken.length < max && bytes < maxBytes;) {
      const entry = line?.shift()
      if (entry === undefined) break
      bytes += entry.bytes
      taken.push(entry)
    }
    this.#length -= taken.length
    return taken
  }

  /** Takes all calls. */
  drain(): Item[] {
    const entries = this.#lines.flatMap((line) => line.drain())
    this.#lines.length = 0
    this.#length = 0
    return entries
  }

  #lineOf(rank: number): Fifo<Item> {
    while (this.#lines.length <= rank) this.#lines.push(new Fifo())
    return this.#lines[rank] as Fifo<Item>
  }
}
