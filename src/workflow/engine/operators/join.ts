import type { TaskError } from '../../../errors/task-errors.ts'
import type { Window } from '../../../run/source/window.ts'
import { Fifo } from '../../../util/fifo.ts'
import { Root, Position } from '../position.ts'
import { following, type Port, Stream } from '../stream.ts'

/** An item of the outer stream, with its combinations in the making. */
interface Row {
  readonly outer: Position
  readonly root: Root
  /** Stands for the combinations to come. */
  marker: Position
  /** The last position of the inner stream that it has a combination for. */
  last: Position
}

/**
 * Combines the items of two streams, row by row; each combination comes as soon as both items are there. Combinations are
 * made only while its window has room, so that long streams cost no memory. The inner stream is remembered as long as
 * rows may come that need it.
 */
export class Join {
  readonly output: Stream = new Stream()
  /** Bounds the combinations that are not consumed. */
  readonly window: Window
  readonly #outer: Stream
  readonly #inner: Stream
  /** The head of the inner stream, before its first position. */
  #innerHead: Position | undefined
  /** True if the outer stream's items are combinations already. */
  readonly #outerIsList: boolean
  readonly #outerPort: number
  readonly #innerPort: number
  /** Rows for which there may be more to combine. */
  readonly #rows: Fifo<Row> = new Fifo()
  /** Rows that have all that the inner stream has so far. */
  #waiting: Row[] = []
  /** Places of the outer stream whose item is not there. */
  #unbegun = 0
  /** Combinations made so far. */
  made = 0
  #stopped = false

  constructor(outer: Stream, inner: Stream, outerIsList: boolean, window: Window) {
    this.#outer = outer
    this.#inner = inner
    this.#innerHead = inner.head
    this.#outerIsList = outerIsList
    this.window = window
    this.#outerPort = outer.connect({
      added: (position) => {
        this.output.add(this.#newMarker(position))
        if (position.isSettled) this.#begin(position)
      },
      split: (position, into) => {
        this.#unbegun--
        this.output.split(
          this.#takeMarker(position),
          into.map((one) => this.#newMarker(one)),
        )
        for (const one of into) if (one.isSettled) this.#begin(one)
      },
      settled: (position) => this.#begin(position),
      closed: () => {
        this.output.close()
        this.advance()
      },
      ends: () => 1,
    })
    this.#innerPort = inner.connect({
      added: (position) => {
        if (position.isSettled) this.#arrived(position)
        this.#innerChanged()
      },
      split: (_, into) => {
        for (const one of into) if (one.isSettled) this.#arrived(one)
        this.#innerChanged()
      },
      settled: (position) => {
        this.#arrived(position)
        this.#innerChanged()
      },
      closed: () => this.#innerChanged(),
      ends: () => 1,
    } satisfies Port)
  }

  /** Nothing waits to be combined. */
  get isIdle(): boolean {
    return this.#rows.length === 0 && this.#waiting.length === 0
  }

  /** Makes combinations as far as there is room. */
  advance(): void {
    for (let row = this.#rows.first; row !== undefined && this.window.hasRoom(); row = this.#rows.first) {
      const isDone = this.#extend(row)
      // It would go on, but for the window.
      if (!isDone && this.#canExtend(row)) break
      this.#rows.shift()
      if (!isDone) this.#waiting.push(row)
    }
    // No more rows will come, and each has its own position in the inner stream.
    if (this.#outer.isClosed && this.#unbegun === 0 && this.isIdle) this.#innerHead = undefined
  }

  /** The inner stream has more, or is at its end: for all that wait for it alike. */
  #innerChanged(): void {
    const [first] = this.#waiting
    if (first !== undefined && this.#canExtend(first)) for (const row of this.#waiting.splice(0)) this.#rows.push(row)
    this.advance()
  }

  #canExtend({ last }: Row): boolean {
    const next = following(last)
    return next === undefined ? this.#inner.isClosed : next.state !== 'open'
  }

  /** Stops combining. */
  stop(): void {
    this.#stopped = true
    const rows = [...this.#rows, ...this.#waiting.splice(0)]
    this.#rows.clear()
    for (const row of rows) this.output.split(row.marker, [])
  }

  #newMarker(outer: Position): Position {
    this.#unbegun++
    const marker = new Position(outer.index, 'open', undefined)
    outer.mark(this.#outerPort, marker)
    return marker
  }

  #takeMarker(outer: Position): Position {
    return outer.takeMark(this.#outerPort) as Position
  }

  #begin(outer: Position): void {
    this.#unbegun--
    const marker = this.#takeMarker(outer)
    const root = new Root(1, undefined, 0, outer.root === undefined ? [] : [outer.root])
    if (this.#stopped) return this.output.split(marker, [])
    this.#rows.push({ outer, root, marker, last: this.#innerHead as Position })
    this.advance()
  }

  /** Makes the combinations of a row that can be made. Returns whether these were the last. */
  #extend(row: Row): boolean {
    const cells: Position[] = []
    let next = following(row.last)
    while (next !== undefined && next.state !== 'open' && this.window.hasRoom()) {
      cells.push(this.#newCell(row, next))
      row.last = next
      next = following(next)
    }
    const isDone = next === undefined && this.#inner.isClosed
    if (cells.length === 0 && !isDone) return false
    const { marker } = row
    row.marker = new Position(marker.index, 'open', undefined)
    this.output.split(marker, isDone ? cells : [...cells, row.marker])
    if (isDone) row.root.release()
    return isDone
  }

  #newCell(row: Row, inner: Position): Position {
    const { outer } = row
    row.root.grow(1)
    const bytes = outer.bytes + inner.bytes
    const cell = new Position(this.made++, 'known', new Root(this.output.ends, this.window, bytes, [row.root]))
    if (outer.state === 'failed') return cell.fail(outer.error as TaskError)
    if (inner.isSettled) return this.#fill(cell, outer, inner)
    const waiting = (inner.markOf(this.#innerPort) ?? []) as (() => void)[]
    waiting.push(() => {
      this.#fill(cell, outer, inner)
      if (cell.state === 'failed') this.output.fail(cell, cell.error as TaskError)
      else this.output.settle(cell, cell.value, cell.bytes)
    })
    inner.mark(this.#innerPort, waiting)
    return cell
  }

  #fill(cell: Position, outer: Position, inner: Position): Position {
    if (inner.state === 'failed') return cell.fail(inner.error as TaskError)
    const first = this.#outerIsList ? (outer.value as unknown[]) : [outer.value]
    return cell.settle([...first, inner.value], outer.bytes + inner.bytes)
  }

  /** An item of the inner stream is there. It is remembered here: nothing upstream need wait for it. */
  #arrived(inner: Position): void {
    const waiting = inner.takeMark(this.#innerPort) as (() => void)[] | undefined
    inner.root?.release()
    inner.root = undefined
    for (const fill of waiting ?? []) fill()
  }
}
