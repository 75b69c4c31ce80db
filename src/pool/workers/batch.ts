import type { BatchFrame } from '../../wire/protocol/frames.ts'
import { isDetached, MOVED_BEFORE } from '../../wire/values/buffers.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from '../jobs/chunk.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'

/** Results that may wait for so many milliseconds on another machine may wait for others of their batch. */
const PATIENT_MS = 5

/** The terms on which a worker runs a batch. */
export type BatchTerms = Pick<Batch, 'alone' | 'isExclusive' | 'own'>

/** A chunk that was sent to a worker in one message. */
export class Batch {
  readonly id: number
  readonly slot: number
  readonly job: Job
  readonly chunk: Chunk
  /** It is the only one that its worker has, to find out which task kills it. */
  readonly alone: boolean
  /** It runs with nothing else in its worker. */
  readonly isExclusive: boolean
  /** The function of its worker, if each worker has its own. */
  readonly own: PreparedFunction | undefined
  /** Number of inputs that have no outcome and were not taken back. */
  pending: number
  /** Inputs that its worker may run: all, until some are taken back. */
  #allowed: number
  /** Inputs that its worker has told of. */
  #told = 0
  /** A request to revoke inputs is pending. */
  revoking = false
  /** 1 for inputs that have an outcome, or were taken back. */
  readonly #released: Uint8Array

  constructor(id: number, slot: number, job: Job, chunk: Chunk, how: BatchTerms) {
    this.id = id
    this.slot = slot
    this.job = job
    this.chunk = chunk
    this.alone = how.alone
    this.isExclusive = how.isExclusive
    this.own = how.own
    this.pending = chunk.length
    this.#allowed = chunk.length
    this.#released = new Uint8Array(chunk.length)
  }

  /** Releases an input. Returns false if it was released before: then an outcome for it is ignored. */
  release(offset: number): boolean {
    if (this.#released[offset] !== 0) return false
    this.#released[offset] = 1
    this.pending--
    return true
  }

  /** Releases `count` inputs from an offset on, if none of them was released before. Returns false if one was. */
  releaseRun(offset: number, count: number): boolean {
    if (!Number.isInteger(offset) || offset < 0) return false
    const first = this.#released.indexOf(1, offset)
    if (offset + count > this.#released.length || (first >= 0 && first < offset + count)) return false
    this.#released.fill(1, offset, offset + count)
    this.pending -= count
    return true
  }

  /** The offsets of the call that an input is, or will be, a part of: from the first one on, before the last one. */
  callAt(offset: number): readonly [first: number, end: number] {
    const size = this.#callSize()
    if (size === 1) return [offset, offset + 1]
    const { length } = this.chunk
    if (size !== undefined) {
      const first = offset - (offset % size)
      return [first, Math.min(length, first + size)]
    }
    for (let first = 0, end; ; first = end) {
      const fn = this.chunk.fn(first)
      const most = Math.min(length, first + (fn.bundle?.size ?? 1))
      end = first + 1
      while (end < most && this.chunk.fn(end) === fn) end++
      if (end > offset) return [first, end]
    }
  }

  /** Returns the number of inputs in its calls; undefined if its functions differ in that. */
  #callSize(): number | undefined {
    if (this.own !== undefined) return 1
    let size: number | undefined
    for (const { bundle } of this.chunk.functions()) {
      if (bundle === undefined ? (size ?? 1) === 1 : size === undefined) size = bundle?.size ?? 1
      else return undefined
    }
    return size ?? 1
  }

  /** Number of calls that its inputs without an outcome will take, about. */
  get pendingCalls(): number {
    return Math.ceil(this.pending / (this.#callSize() ?? 1))
  }

  /** Releases the items of the call at an offset, and returns those that were not released before. */
  takeCall(offset: number): Item[] {
    return this.#inCall(offset, (at) => this.take(at))
  }

  /** Returns the items of the call at an offset that were not released. */
  peekCall(offset: number): Item[] {
    return this.#inCall(offset, (at) => this.peek(at))
  }

  #inCall(offset: number, itemAt: (offset: number) => Item | undefined): Item[] {
    const [first, end] = this.callAt(offset)
    const items: Item[] = []
    for (let at = first; at < end; at++) {
      const item = itemAt(at)
      if (item !== undefined) items.push(item)
    }
    return items
  }

  /** Releases all items, and returns those that were not released before, by calls. */
  takeCalls(): Item[][] {
    const calls: Item[][] = []
    for (let first = 0; first < this.chunk.length; first = this.callAt(first)[1]) calls.push(this.takeCall(first))
    return calls.filter((items) => items.length > 0)
  }

  /** Releases the item at an offset, and returns it; undefined if it was released before. */
  take(offset: number): Item | undefined {
    return this.release(offset) ? this.itemAt(offset) : undefined
  }

  /** Returns the item at an offset; undefined if it was released. */
  peek(offset: number): Item | undefined {
    return this.#released[offset] === 0 ? this.itemAt(offset) : undefined
  }

  /** Returns the item at an offset, also if it was released. */
  itemAt(offset: number): Item {
    const item = this.chunk.item(offset)
    if (this.own !== undefined) item.fn = this.own
    return item
  }

  /** Like `itemAt`, for an offset from a worker, which may be out of range. */
  knownItemAt(offset: number): Item | undefined {
    return Object.hasOwn(this.#released, offset) ? this.itemAt(offset) : undefined
  }

  /** Returns the first offset that it still has; its length if it has none. */
  first(): number {
    const offset = this.#released.indexOf(0)
    return offset < 0 ? this.chunk.length : offset
  }

  /** Number of inputs that its worker may run, or has run and not told of. Their outcomes may be known already. */
  get untold(): number {
    return this.#allowed - this.#told
  }

  /** Called when its worker told of so many outcomes. Returns their number. */
  told(count: number): number {
    this.#told += count
    return count
  }

  /** Takes back the items from an offset on, which its worker has not begun and will not begin. */
  takeBack(first: number): Item[] {
    this.#allowed = Math.min(this.#allowed, first)
    return this.takeFrom(first)
  }

  /** Releases all items from an offset on, and returns those that were not released before. */
  takeFrom(first: number): Item[] {
    const taken: Item[] = []
    if (this.pending === 0) return taken
    for (let offset = first; offset < this.chunk.length; offset++) {
      const item = this.take(offset)
      if (item !== undefined) taken.push(item)
    }
    return taken
  }
}

/**
 * Returns the buffers that a chunk hands over.
 *
 * @throws {Error} if one of them is gone: the receiver could not read the message.
 */
export function transferOf(chunk: Chunk): readonly unknown[] | undefined {
  const transfer = chunk.transfer()
  if (transfer?.some(isDetached) === true) throw new Error(`a value ${MOVED_BEFORE}`)
  return transfer
}

/**
 * Makes the message that carries a batch; `functions` are those that it calls. `patience`: milliseconds that its results may
 * wait on another machine.
 */
export function packBatch(
  { id, slot, job, chunk, alone }: Batch,
  functions: readonly PreparedFunction[],
  patience?: number,
): BatchFrame {
  const attempts = chunk.attempts()
  const { trace } = job.options.observers
  const fatal = job.options.failureEnds?.() === true ? chunk.lastTries() : undefined
  return {
    type: 'batch',
    id,
    slot,
    group: job.id,
    concurrency: alone ? 1 : job.options.concurrency,
    spread: chunk.spread,
    fn: (functions[0] as PreparedFunction).id,
    ...(functions.length > 1 && { fns: Array.from({ length: chunk.length }, (_, offset) => chunk.fn(offset).id) }),
    inputs: chunk.column(),
    indexes: chunk.indexes(),
    ...(attempts && { attempts }),
    ...(fatal && { fatal }),
    ...(trace && { trace }),
    ...(chunk.priority !== 0 && { priority: chunk.priority }),
    ...(patience !== undefined && { patience, isPatient: patience >= PATIENT_MS }),
  }
}
