import { MAX_BATCH_BYTES } from './batch-sizer.ts'
import { EntryLot } from './entry-lot.ts'
import type { Entry } from './entry.ts'
import type { Gate } from './gate.ts'
import type { Lot } from './lot.ts'
import type { Supply } from './supply.ts'

/** What of a job waits for a worker: entries that have to run again, and before them those that may kill; new inputs. */
export class Backlog {
  readonly #supply: Supply
  readonly #gate: Gate | undefined
  /** Entries that were given back, to run before new ones. */
  #again: Entry[] = []
  /** What was read to see whether there is work. It has passed the gate. */
  #peeked: Lot | undefined
  /** Entries that may have killed their worker: each runs alone. */
  #suspects: Entry[] = []

  constructor(supply: Supply, gate: Gate | undefined) {
    this.#supply = supply
    this.#gate = gate
  }

  /** Entries that no worker has, where that is known. */
  remaining(): number | undefined {
    const rest = this.#supply.remaining()
    return rest === undefined ? undefined : rest + this.#again.length + (this.#peeked?.length ?? 0)
  }

  /** Nothing waits for a worker now. */
  get isDrained(): boolean {
    return this.isEmpty && this.#supply.empty
  }

  /** Nothing has been read, or given back, that has no worker. */
  get isEmpty(): boolean {
    return this.#suspects.length === 0 && this.#again.length === 0 && this.#peeked === undefined
  }

  get hasSuspects(): boolean {
    return this.#suspects.length > 0
  }

  /** Whether something waits that a worker could take now. */
  hasWork(): boolean {
    if (this.#suspects.length > 0 || this.#peeked !== undefined) return true
    if (this.#again.length > 0) return (this.#gate?.room(1) ?? 1) > 0
    this.#peeked = this.take(1)
    return this.#peeked !== undefined
  }

  /** An entry to be run with nothing else in its worker. */
  takeSuspect(): Entry | undefined {
    this.#gate?.started(1)
    return this.#suspects.shift()
  }

  /** Inputs for one batch, at most `max`; undefined where none can be had now. */
  take(max: number): Lot | undefined {
    const peeked = this.#peeked
    if (peeked !== undefined && (this.#again.length === 0 || this.#gate !== undefined)) {
      this.#peeked = undefined
      return peeked
    }
    const room = this.#gate?.room(max) ?? max
    if (room === 0) return undefined
    const lot = this.#again.length > 0 ? this.#takeAgain(room) : this.#supply.take(room)
    this.#gate?.started(lot?.length ?? 0)
    return lot
  }

  /** Entries to run again, before all that was not begun. */
  putBack(entries: readonly Entry[]): void {
    this.#again = [...entries, ...this.#again].sort((a, b) => a.index - b.index)
  }

  /** An entry whose time to run again has come. */
  retry(entry: Entry): void {
    this.#again.push(entry)
  }

  suspect(entries: readonly Entry[]): void {
    this.#suspects.push(...entries)
  }

  /** Takes out all that waits and that is so. */
  takeOut(isSo: (entry: Entry) => boolean): Entry[] {
    const found = this.#again.filter((entry) => isSo(entry))
    this.#again = this.#again.filter((entry) => !isSo(entry))
    return found
  }

  /** Takes out all; reads no more. */
  clear(): Entry[] {
    const waiting = [...this.#again, ...this.#suspects]
    const peeked = this.#peeked
    for (let at = 0; at < (peeked?.length ?? 0); at++) waiting.push((peeked as Lot).entry(at))
    this.#again = []
    this.#suspects = []
    this.#peeked = undefined
    this.#supply.stop()
    return waiting
  }

  /** Entries that run again, as far as one message can carry them. */
  #takeAgain(max: number): Lot {
    const spread = this.#again[0]?.spread
    let count = 0
    for (let bytes = 0; count < max && bytes < MAX_BATCH_BYTES && this.#again[count]?.spread === spread; count++) {
      bytes += this.#again[count]?.bytes ?? 0
    }
    return new EntryLot(this.#again.splice(0, count))
  }
}
