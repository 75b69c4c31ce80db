import type { TaskError } from '../../../errors/task-errors.ts'
import { Root, Position } from '../position.ts'
import { following, type Port, Stream } from '../stream.ts'

/** Items of several streams that belong together. */
interface Row {
  readonly positions: readonly Position[]
  readonly out: Position
  missing: number
}

/** One of the streams. */
interface Side {
  readonly stream: Stream
  /** The last position that has its row. */
  last: Position
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
      const last = stream.head as Position
      const port: number = stream.connect({
        added: (position) => {
          this.#advance()
          if (position.isSettled) this.#settled(position, port)
        },
        split: (_, into) => {
          this.#advance()
          for (const one of into) if (one.isSettled) this.#settled(one, port)
        },
        settled: (position) => {
          // A position that was open has become one item.
          this.#advance()
          this.#settled(position, port)
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
      if (!next.every((position) => position !== undefined && position.state !== 'open')) return this.#endIfDone(next)
      const positions = next as Position[]
      const root = new Root(
        this.output.ends,
        undefined,
        0,
        positions.flatMap((position) => position.root ?? []),
      )
      const row: Row = { positions, out: new Position(this.#rows++, 'known', root), missing: positions.length }
      positions.forEach((position, i) => {
        const side = this.#sides[i] as Side
        side.last = position
        position.mark(side.port, row)
      })
      this.output.add(row.out)
      positions.forEach((position, i) => position.isSettled && this.#settled(position, (this.#sides[i] as Side).port))
    }
  }

  #settled(position: Position, port: number): void {
    // There is none if it has no row yet, or its row was told before.
    const row = position.takeMark(port) as Row | undefined
    if (row === undefined) return
    if (--row.missing > 0) return
    const failed = row.positions.find((one) => one.state === 'failed')
    if (failed !== undefined) return this.output.fail(row.out, failed.error as TaskError)
    const values = row.positions.map((one) => one.value)
    const bytes = row.positions.reduce((sum, one) => sum + one.bytes, 0)
    this.output.settle(row.out, values, bytes)
  }

  #endIfDone(next: readonly (Position | undefined)[]): void {
    const ended = this.#sides.map(({ stream }, i) => stream.isClosed && next[i] === undefined)
    if (ended.every(Boolean)) return this.output.close()
    const isLonger = next.some((position) => position !== undefined && position.state !== 'open')
    if (this.#refused || !ended.includes(true) || !isLonger) return
    this.#refused = true
    this.#refuse(ended.map((isAtEnd) => (isAtEnd ? this.#rows : undefined)))
  }
}
