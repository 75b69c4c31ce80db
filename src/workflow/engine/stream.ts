import type { TaskError } from '../../errors/task-errors.ts'
import { Slot } from './slot.ts'

/** Takes the items of a stream. */
export interface Port {
  /** A place at the end; its item may be there already. */
  added(slot: Slot): void
  /** Others stand in the place of one that was open. */
  split(slot: Slot, into: readonly Slot[]): void
  /** A place has its item, or the error in its stead. */
  settled(slot: Slot): void
  /** No more places will be added. Those that there are may still be open. */
  closed(): void
  /** Returns the number of ends of the graph that consume each item. */
  ends(): number
}

/** The items of a node in their order, which may be known before the items are: a list of positions that notifies ports. */
export class Stream {
  /** The position before the first one. */
  head: Slot | undefined = new Slot(-1, 'gone', undefined)
  isClosed = false
  readonly #ports: Port[] = []
  #tail: Slot = this.head as Slot
  #ends = 0

  /** Adds a consumer; returns the number by which it marks places. */
  connect(port: Port): number {
    return this.#ports.push(port) - 1
  }

  /** The number of ends of the graph that consume each item. */
  get ends(): number {
    return (this.#ends ||= this.#ports.reduce((sum, port) => sum + port.ends(), 0))
  }

  add(slot: Slot): void {
    this.#tail.next = slot
    this.#tail = slot
    for (const port of this.#ports) port.added(slot)
  }

  /** Replaces an open position by others. The caller adjusts the root, unless it only follows another stream. */
  split(slot: Slot, into: readonly Slot[]): void {
    const { next } = slot
    let last = slot
    for (const one of into) last = last.next = one
    last.next = next
    if (this.#tail === slot) this.#tail = last
    slot.state = 'gone'
    for (const port of this.#ports) port.split(slot, into)
  }

  settle(slot: Slot, value: unknown, bytes: number): void {
    slot.settle(value, bytes)
    for (const port of this.#ports) port.settled(slot)
  }

  fail(slot: Slot, error: TaskError): void {
    slot.fail(error)
    for (const port of this.#ports) port.settled(slot)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const port of this.#ports) port.closed()
  }
}

/** Returns the first position after another that still stands; undefined if there is none yet. */
export function following(slot: Slot): Slot | undefined {
  let { next } = slot
  while (next?.state === 'gone') next = next.next
  return next
}
