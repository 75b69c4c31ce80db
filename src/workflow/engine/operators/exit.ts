import type { Position } from '../position.ts'
import { following, type Port, type Stream } from '../stream.ts'

/** Hands the items of a stream out: in their order, or as they come. */
export class Exit implements Port {
  readonly #ordered: boolean
  readonly #deliver: (position: Position, index: number) => void
  #last: Position
  #count = 0

  constructor(stream: Stream, ordered: boolean, deliver: (position: Position, index: number) => void) {
    this.#ordered = ordered
    this.#deliver = deliver
    this.#last = stream.head as Position
  }

  ends(): number {
    return 1
  }

  added(position: Position): void {
    if (position.isSettled) this.settled(position)
  }

  split(_: Position, into: readonly Position[]): void {
    if (this.#ordered) this.#advance()
    else for (const one of into) if (one.isSettled) this.settled(one)
  }

  settled(position: Position): void {
    if (this.#ordered) this.#advance()
    else this.#deliver(position, this.#count++)
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
