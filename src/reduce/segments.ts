import type { Packed } from './worker/messages.ts'

/** Neighbouring inputs of one accumulator. A worker adds them call by call, and keeps the accumulator meanwhile. */
export interface Segment {
  /** The next input to be read, and the end of its inputs. */
  next: number
  end: number
  /** The accumulator of the inputs that are added; undefined if there are none. */
  packed: Packed | undefined
  /** The name by which its worker keeps it. */
  id: number
  /** The worker that keeps it; undefined if none does. */
  holder: object | undefined
  /** A call is at it. */
  isBusy: boolean
}

/** Two neighbours whose inputs are all added. */
export interface Neighbours {
  readonly a: Segment
  readonly b: Segment
}

/**
 * All inputs of an array as neighbouring segments, one for each worker at first. A worker that is ready takes half of what
 * another has left; neighbours that are complete are combined.
 */
export class Segments {
  readonly #list: Segment[] = []
  #lastId = 0

  constructor(inputs: number, parts: number) {
    const count = Math.max(1, Math.min(parts, inputs))
    for (let i = 0; i < count; i++)
      this.#list.push(newSegment(Math.floor((inputs * i) / count), Math.floor((inputs * (i + 1)) / count)))
  }

  /** True if all inputs were read. */
  get isRead(): boolean {
    return this.#list.every(({ next, end }) => next >= end)
  }

  /** True if nothing can be taken before a call has ended. */
  get isEmpty(): boolean {
    return this.isRead && !this.#list.some(isIdle) && this.#pair() === undefined
  }

  /** The accumulator of all inputs; undefined while there are several. */
  get root(): Packed | undefined {
    const [only, second] = this.#list
    return only !== undefined && second === undefined && isComplete(only) ? only.packed : undefined
  }

  newId(): number {
    return ++this.#lastId
  }

  /** True if a call is at the worker's own segment: its next call goes on where that ends. */
  isAtWork(worker: object | undefined): boolean {
    return worker !== undefined && this.#list.some(({ holder, isBusy }) => isBusy && holder === worker)
  }

  /** True if a worker keeps what the next call needs, or most of it. */
  suits(worker: object): boolean {
    if (this.isAtWork(worker)) return false
    if (this.ownOf(worker) !== undefined) return true
    const pair = this.#pair((one) => one.holder === worker)
    return pair !== undefined && (bytesOf(pair.a) >= bytesOf(pair.b) ? pair.a : pair.b).holder === worker
  }

  /** Returns the segment that a worker adds inputs of, if it keeps one that is not complete. */
  ownOf(worker: object | undefined): Segment | undefined {
    return this.#list.find((one) => one.holder === worker && one.holder !== undefined && isIdle(one))
  }

  /** Returns another segment for a worker: one that is not begun, the half of another, or one that its worker left. */
  another(least: number): Segment | undefined {
    return (
      this.#list.find((one) => one.holder === undefined && isIdle(one)) ?? this.#half(least) ?? this.#list.find(isIdle)
    )
  }

  /** Divides the segment that has most inputs left, if there are at least `least`. */
  #half(least: number): Segment | undefined {
    let longest = 0
    for (const [i, one] of this.#list.entries()) if (left(one) > left(this.#list[longest] as Segment)) longest = i
    const one = this.#list[longest] as Segment
    if (left(one) < Math.max(2, least)) return undefined
    const middle = one.next + Math.ceil(left(one) / 2)
    const half = newSegment(middle, one.end)
    one.end = middle
    this.#list.splice(longest + 1, 0, half)
    return half
  }

  /** Returns two neighbours to be combined, of which the worker keeps one if there are such. They are busy from now on. */
  takePair(worker: object | undefined): Neighbours | undefined {
    const pair = this.#pair((one) => one.holder === worker) ?? this.#pair()
    if (pair === undefined) return undefined
    pair.a.isBusy = true
    pair.b.isBusy = true
    return pair
  }

  #pair(keeps: (one: Segment) => boolean = () => true): Neighbours | undefined {
    for (let i = 1; i < this.#list.length; i++) {
      const a = this.#list[i - 1] as Segment
      const b = this.#list[i] as Segment
      if (isComplete(a) && isComplete(b) && (keeps(a) || keeps(b))) return { a, b }
    }
    return undefined
  }

  /** Called when a call at a segment has ended well. */
  added(one: Segment, id: number, packed: Packed): void {
    one.packed = packed
    one.id = id
    one.isBusy = false
  }

  /** Called when two neighbours were combined. */
  combined({ a, b }: Neighbours, id: number, packed: Packed): void {
    this.#list.splice(this.#list.indexOf(b), 1)
    a.end = b.end
    a.next = b.end
    this.added(a, id, packed)
  }
}

function newSegment(next: number, end: number): Segment {
  return { next, end, packed: undefined, id: 0, holder: undefined, isBusy: false }
}

function left({ next, end }: Segment): number {
  return end - next
}

function bytesOf({ packed }: Segment): number {
  return packed !== undefined && 'bytes' in packed ? packed.bytes.length : 0
}

/** True if a call may add inputs of it. Without inputs its accumulator has yet to be made. */
function isIdle(one: Segment): boolean {
  return !one.isBusy && (left(one) > 0 || one.packed === undefined)
}

function isComplete(one: Segment): boolean {
  return !one.isBusy && left(one) <= 0 && one.packed !== undefined
}
