import type { TaskError } from '../../../errors/task-errors.ts'
import { Root, Slot } from '../slot.ts'
import { following, type Port, Stream } from '../stream.ts'

/** Items of several streams that belong together. */
interface Row {
  readonly slots: readonly Slot[]
  readonly out: Slot
  missing: number
}

/** One of the streams. */
interface Side {
  readonly stream: Stream
  /** The last place that has its row. */
  last: Slot
  readonly port: number
}

/** Puts the first items of streams together, the second ones, and so on; each as soon as all of its items are there. */
export class Zip {
  readonly output: Stream = new Stream()
  readonly #sides: readonly Side[]
  readonly #refuse: (lengths: readonly (number | undefined)[]) => void
  #rows = 0
  #refused = false

  /** Calls `refuse` with the lengths that are known if the streams have different lengths. */
  constructor(streams: readonly Stream[], refuse: (lengths: readonly (number | undefined)[]) => void) {
    this.#refuse = refuse
    this.#sides = streams.map((stream) => {
      const last = stream.head as Slot
      const port: number = stream.connect({
        added: (slot) => {
          this.#advance()
          if (slot.isSettled) this.#settled(slot, port)
        },
        split: (_, into) => {
          this.#advance()
          for (const one of into) if (one.isSettled) this.#settled(one, port)
        },
        settled: (slot) => {
          // One place that was open has become one item.
          this.#advance()
          this.#settled(slot, port)
        },
        closed: () => this.#advance(),
        ends: () => 1,
      } satisfies Port)
      return { stream, last, port }
    })
  }

  #advance(): void {
    for (;;) {
      const next = this.#sides.map(({ last }) => following(last))
      if (!next.every((slot) => slot !== undefined && slot.state !== 'open')) return this.#endIfDone(next)
      const slots = next as Slot[]
      const root = new Root(
        this.output.ends,
        undefined,
        0,
        slots.flatMap((slot) => slot.root ?? []),
      )
      const row: Row = { slots, out: new Slot(this.#rows++, 'known', root), missing: slots.length }
      slots.forEach((slot, i) => {
        const side = this.#sides[i] as Side
        side.last = slot
        slot.mark(side.port, row)
      })
      this.output.add(row.out)
      slots.forEach((slot, i) => slot.isSettled && this.#settled(slot, (this.#sides[i] as Side).port))
    }
  }

  #settled(slot: Slot, port: number): void {
    // There is none if it has no row yet, or its row was told before.
    const row = slot.takeMark(port) as Row | undefined
    if (row === undefined) return
    if (--row.missing > 0) return
    const failed = row.slots.find((one) => one.state === 'failed')
    if (failed !== undefined) return this.output.fail(row.out, failed.error as TaskError)
    const values = row.slots.map((one) => one.value)
    const bytes = row.slots.reduce((sum, one) => sum + one.bytes, 0)
    this.output.settle(row.out, values, bytes)
  }

  #endIfDone(next: readonly (Slot | undefined)[]): void {
    const ended = this.#sides.map(({ stream }, i) => stream.isClosed && next[i] === undefined)
    if (ended.every(Boolean)) return this.output.close()
    const isLonger = next.some((slot) => slot !== undefined && slot.state !== 'open')
    if (this.#refused || !ended.includes(true) || !isLonger) return
    this.#refused = true
    this.#refuse(ended.map((isAtEnd) => (isAtEnd ? this.#rows : undefined)))
  }
}
