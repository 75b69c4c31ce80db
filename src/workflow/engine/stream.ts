import type { TaskError } from '../../errors/task-errors.ts'
import { Position } from './position.ts'

/** Takes the items of a stream. */
export interface Port {
  /** Called when a position was added at the end; its item may be there already. */
  added(position: Position): void
  /** Called when an open position was replaced by others, or by none. */
  split(position: Position, into: readonly Position[]): void
  /** Called when a position has its item, or an error instead. */
  settled(position: Position): void
  /** Called when no more positions will be added. Some of them may still be open. */
  closed(): void
  /** Returns the number of ends of the graph that consume each item. */
  ends(): number
}

/** The items of a node in their order, which may be known before the items are: a list of positions that notifies ports. */
export class Stream {
  /** The position before the first one. */
  head: Position | undefined = new Position(-1, 'gone', undefined)
  isClosed = false
  readonly #ports: Port[] = []
  #tail: Position = this.head as Position
  #ends = 0

  /** Adds a consumer. Returns its port number, by which it marks positions. */
  connect(port: Port): number {
    return this.#ports.push(port) - 1
  }

  /** The number of ends of the graph that consume each item. */
  get ends(): number {
    return (this.#ends ||= this.#ports.reduce((sum, port) => sum + port.ends(), 0))
  }

  add(position: Position): void {
    this.#tail.next = position
    this.#tail = position
    for (const port of this.#ports) port.added(position)
  }

  /** Replaces an open position by others. The caller adjusts the root, unless it only follows another stream. */
  split(position: Position, into: readonly Position[]): void {
    const { next } = position
    let last = position
    for (const one of into) last = last.next = one
    last.next = next
    if (this.#tail === position) this.#tail = last
    position.state = 'gone'
    for (const port of this.#ports) port.split(position, into)
  }

  settle(position: Position, value: unknown, bytes: number): void {
    position.settle(value, bytes)
    for (const port of this.#ports) port.settled(position)
  }

  fail(position: Position, error: TaskError): void {
    position.fail(error)
    for (const port of this.#ports) port.settled(position)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const port of this.#ports) port.closed()
  }
}

/** Returns the first position after another that still stands; undefined if there is none yet. */
export function following(position: Position): Position | undefined {
  let { next } = position
  while (next?.state === 'gone') next = next.next
  return next
}
