import type { Entry } from './entry.ts'
import type { FunctionUse } from './function-use.ts'
import type { Job } from './job.ts'
import type { Lot } from './lot.ts'

/** A lot that a worker was given in one message. */
export class Batch {
  readonly id: number
  readonly slot: number
  readonly job: Job
  readonly lot: Lot
  /** Runs with nothing else in its worker, to find out which task kills it. */
  readonly alone: boolean
  /** The function of its worker, where each worker has its own. */
  readonly own: FunctionUse | undefined
  /** Inputs that have neither an outcome nor been taken back. */
  pending: number
  /** A request to take inputs back is on its way. */
  revoking = false
  /** 1 for inputs that have an outcome, or went elsewhere. */
  readonly #released: Uint8Array

  constructor(id: number, slot: number, job: Job, lot: Lot, alone: boolean, own: FunctionUse | undefined) {
    this.id = id
    this.slot = slot
    this.job = job
    this.lot = lot
    this.alone = alone
    this.own = own
    this.pending = lot.length
    this.#released = new Uint8Array(lot.length)
  }

  /** Lets go of an input. False where it was let go before: then an outcome for it counts for nothing. */
  release(offset: number): boolean {
    if (this.#released[offset] !== 0) return false
    this.#released[offset] = 1
    this.pending--
    return true
  }

  /** The entry at an offset, let go of, if this batch still had it. */
  take(offset: number): Entry | undefined {
    return this.release(offset) ? this.entryAt(offset) : undefined
  }

  /** The entry at an offset, if this batch still has it. */
  peek(offset: number): Entry | undefined {
    return this.#released[offset] === 0 ? this.entryAt(offset) : undefined
  }

  /** The entry at an offset, whether it is still here or not. */
  entryAt(offset: number): Entry {
    const entry = this.lot.entry(offset)
    if (this.own !== undefined) entry.fn = this.own
    return entry
  }

  /** The same for an offset that a worker told, which may be none. */
  itemAt(offset: number): Entry | undefined {
    return Object.hasOwn(this.#released, offset) ? this.entryAt(offset) : undefined
  }

  /** The first offset that it still has; its length where there is none. */
  first(): number {
    const at = this.#released.indexOf(0)
    return at < 0 ? this.lot.length : at
  }

  /** Takes all that it still has, from an offset on. */
  takeFrom(offset: number): Entry[] {
    const taken: Entry[] = []
    if (this.pending === 0) return taken
    for (let at = offset; at < this.lot.length; at++) {
      const entry = this.take(at)
      if (entry !== undefined) taken.push(entry)
    }
    return taken
  }
}
