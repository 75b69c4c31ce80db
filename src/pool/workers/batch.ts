import type { BatchFrame } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from '../jobs/chunk.ts'
import type { Item } from '../jobs/item.ts'
import type { Job } from '../jobs/job.ts'

/** How a worker runs a batch. */
export type BatchTerms = Pick<Batch, 'alone' | 'isExclusive' | 'own'>

/** A chunk that a worker was given in one message. */
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
  /** Inputs that have neither an outcome nor been taken back. */
  pending: number
  /** A request to take inputs back is on its way. */
  revoking = false
  /** 1 for inputs that have an outcome, or went elsewhere. */
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
    this.#released = new Uint8Array(chunk.length)
  }

  /** Lets go of an input. Returns false if it was let go before: then an outcome for it counts for nothing. */
  release(offset: number): boolean {
    if (this.#released[offset] !== 0) return false
    this.#released[offset] = 1
    this.pending--
    return true
  }

  /** The item at an offset, let go of, if this batch still had it. */
  take(offset: number): Item | undefined {
    return this.release(offset) ? this.itemAt(offset) : undefined
  }

  /** The item at an offset, if this batch still has it. */
  peek(offset: number): Item | undefined {
    return this.#released[offset] === 0 ? this.itemAt(offset) : undefined
  }

  /** Returns the item at an offset, also if the batch has let go of it. */
  itemAt(offset: number): Item {
    const item = this.chunk.item(offset)
    if (this.own !== undefined) item.fn = this.own
    return item
  }

  /** The same for an offset that a worker told, which may be none. */
  knownItemAt(offset: number): Item | undefined {
    return Object.hasOwn(this.#released, offset) ? this.itemAt(offset) : undefined
  }

  /** Returns the first offset that it still has; its length if it has none. */
  first(): number {
    const at = this.#released.indexOf(0)
    return at < 0 ? this.chunk.length : at
  }

  /** Takes all that it still has, from an offset on. */
  takeFrom(offset: number): Item[] {
    const taken: Item[] = []
    if (this.pending === 0) return taken
    for (let at = offset; at < this.chunk.length; at++) {
      const item = this.take(at)
      if (item !== undefined) taken.push(item)
    }
    return taken
  }
}

/** The message that carries a batch; `functions` are those that it calls. */
export function packBatch({ id, slot, job, chunk, alone }: Batch, functions: readonly PreparedFunction[]): BatchFrame {
  const attempts = chunk.attempts()
  const fatal = job.options.failureEnds?.() === true ? chunk.lastTries() : undefined
  return {
    type: 'batch',
    id,
    slot,
    group: job.id,
    concurrency: alone ? 1 : job.options.concurrency,
    spread: chunk.spread,
    fn: (functions[0] as PreparedFunction).id,
    ...(functions.length > 1 && { fns: Array.from({ length: chunk.length }, (_, at) => chunk.fn(at).id) }),
    inputs: chunk.column(),
    indexes: chunk.indexes(),
    ...(attempts && { attempts }),
    ...(fatal && { fatal }),
    ...(chunk.priority !== 0 && { priority: chunk.priority }),
  }
}
