import type { Slot } from '../slot.ts'
import { following, type Port, type Stream } from '../stream.ts'

/** Hands the items of a stream out: in their order, or as they come. */
export class Exit implements Port {
  readonly #ordered: boolean
  readonly #deliver: (slot: Slot, index: number) => void
  #last: Slot
  #count = 0

  constructor(stream: Stream, ordered: boolean, deliver: (slot: Slot, index: number) => void) {
    this.#ordered = ordered
    this.#deliver = deliver
    this.#last = stream.head as Slot
  }

  ends(): number {
    return 1
  }

  added(slot: Slot): void {
    if (slot.isSettled) this.settled(slot)
  }

  split(_: Slot, into: readonly Slot[]): void {
    if (this.#ordered) this.#advance()
    else for (const one of into) if (one.isSettled) this.settled(one)
  }

  settled(slot: Slot): void {
    if (this.#ordered) this.#advance()
    else this.#deliver(slot, this.#count++)
  }

  closed(): void {
    // The end of the run is when all is done.
  }

  #advance(): void {
    for (let next = following(this.#last); next?.isSettled; next = following(next)) {
      this.#last = next
      this.#deliver(next, this.#count++)
    }
  }
}
