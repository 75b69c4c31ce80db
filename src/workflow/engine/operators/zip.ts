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
  /** Positions that have their row. */
  count: number
  /** The first position, until there is a second one. */
  only: Position | undefined
  /** Later rows that take its value. */
  readonly waiting: Row[]
}

/**
 * Puts the first items of streams together, the second ones, and so on; each as soon as all of its items are there. The
 * item of a stream of one is repeated for the others.
 */
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
      return { stream, last, port, count: 0, only: undefined, waiting: [] }
    })
  }

  #advance(): void {
    for (;;) {
      const fresh = this.#sides.map(({ last }) => following(last))
      const next = this.#sides.map((side, i) => fresh[i] ?? repeated(side))
      const isRow = next.every((position) => position !== undefined && position.state !== 'open')
      if (!isRow || fresh.every((position) => position === undefined)) return this.#endIfDone(fresh)
      this.#addRow(next as Position[], fresh)
    }
  }

  #addRow(positions: readonly Position[], fresh: readonly (Position | undefined)[]): void {
    const roots = fresh.flatMap((position) => position?.root ?? [])
    const root = new Root(this.output.ends, undefined, 0, roots)
    const row: Row = { positions, out: new Position(this.#rows++, 'known', root), missing: positions.length }
    const taken = this.#sides.map((side, i) => {
      const position = fresh[i]
      if (position === undefined) return
      side.last = position
      side.only = side.count++ === 0 ? position : undefined
      position.mark(side.port, row)
      return position
    })
    this.output.add(row.out)
    for (const [i, side] of this.#sides.entries()) {
      const position = taken[i]
      if (position?.isSettled === true) this.#settled(position, side.port)
      else if (position === undefined && side.only?.isSettled === false) side.waiting.push(row)
      else if (position === undefined) this.#arrived(row)
    }
  }

  #settled(position: Position, port: number): void {
    // There is none if it has no row yet, or its row was told before.
    const row = position.takeMark(port) as Row | undefined
    if (row === undefined) return
    this.#arrived(row)
    const side = this.#sides.find((one) => one.port === port && one.only === position)
    for (const later of side?.waiting.splice(0) ?? []) this.#arrived(later)
  }

  /** One more item of a row is there. */
  #arrived(row: Row): void {
    if (--row.missing > 0) return
    const failed = row.positions.find((one) => one.state === 'failed')
    if (failed !== undefined) return this.output.fail(row.out, failed.error as TaskError)
    const values = row.positions.map((one) => one.value)
    const bytes = row.positions.reduce((sum, one) => sum + one.bytes, 0)
    this.output.settle(row.out, values, bytes)
  }

  #endIfDone(fresh: readonly (Position | undefined)[]): void {
    const hasEnded = (side: Side, i: number): boolean => side.stream.isClosed && fresh[i] === undefined
    const ended = this.#sides.filter(hasEnded)
    if (ended.length === this.#sides.length) return this.output.close()
    // A stream of one is repeated for the others, unless these are empty.
    if (this.#refused || ended.every(({ count }) => count === 1)) return
    const others = this.#sides.flatMap((side, i) => (hasEnded(side, i) ? [] : { side, position: fresh[i] }))
    if (this.#rows === 0 && others.every(({ side, position }) => isSingle(side, position))) {
      for (const { position } of others) position?.root?.release()
      return this.output.close()
    }
    if (!others.some(({ position }) => isLonger(position, this.#rows))) return
    this.#refused = true
    this.#refuse(this.#sides.map((side, i) => (hasEnded(side, i) ? side.count : undefined)))
  }
}

/** Returns the item of a stream that has no other. */
function repeated({ stream, only }: Side): Position | undefined {
  return stream.isClosed ? only : undefined
}

/** Returns true if a stream whose items have no rows yet has one item, and will have no other. */
function isSingle({ stream }: Side, first: Position | undefined): boolean {
  return stream.isClosed && first !== undefined && first.state !== 'open' && following(first) === undefined
}

/** Returns true if a stream has more items than the streams that have ended. One item more than none may be repeated. */
function isLonger(next: Position | undefined, rows: number): boolean {
  if (next === undefined || next.state === 'open') return false
  if (rows > 0) return true
  const second = following(next)
  return second !== undefined && second.state !== 'open'
}
