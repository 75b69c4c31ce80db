import type { TaskPolicy } from '../../task/failure-policy.ts'
import type { CallerContext } from '../../util/caller-context.ts'
import { bufferPool, type BufferLease } from '../../wire/codec/buffer-pool.ts'
import type { Special } from '../../wire/codec/special.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { FaultSearch } from './fault-search.ts'
import type { ItemRow } from './item-row.ts'

/** The parts of an item. */
export interface ItemParts {
  readonly index: number
  readonly sequence: number
  readonly input: unknown
  readonly value: unknown
  /** The input is a row: then `value` is undefined. */
  readonly row?: ItemRow | undefined
  readonly specials: readonly Special[] | undefined
  readonly bytes: number
  readonly spread: boolean
  readonly transfer: readonly unknown[] | undefined
  /** Memory that the value lies in, to be given back with its outcome. */
  readonly lease?: BufferLease | undefined
  readonly fn: PreparedFunction
  readonly policy: TaskPolicy
}

/** One input on its way through a job, as an object of its own; most inputs are only rows of a chunk. */
export class Item implements ItemParts {
  /** The position of the input in its run. */
  readonly index: number
  /** Position among the outcomes. Skipped inputs have none. */
  readonly sequence: number
  readonly row: ItemRow | undefined
  /** The encoded input: copied when it was read, and kept until its outcome, since it may be sent again. */
  readonly value: unknown
  readonly specials: readonly Special[] | undefined
  readonly bytes: number
  /** The input is the list of arguments. */
  readonly spread: boolean
  /** Buffers to hand over with it: then it can be sent only once. */
  readonly transfer: readonly unknown[] | undefined
  readonly lease: BufferLease | undefined
  /** The function to call; replaced if each worker has its own. */
  fn: PreparedFunction
  readonly policy: TaskPolicy
  /** The context of its caller, if it is a single call. */
  context: CallerContext | undefined = undefined
  /** An opaque handle by which the sink finds the item. */
  tag: unknown = undefined
  /** Number of times that it was started, as far as is known. */
  attempts = 0
  /** Number of times that it threw or timed out; bounded by its retries. */
  failures = 0
  /** The warning that it has been running for long was emitted. */
  warned = false
  /** Number of workers that died while it ran. */
  deaths = 0
  /** The search for the inputs at fault, of which its next call is a part. */
  search: FaultSearch<Item> | undefined = undefined
  /** It was cancelled while a worker had it, and has its outcome. */
  isDropped = false
  /** It failed in a call of its own: further attempts are not made together with other inputs. */
  isApart = false
  readonly #parts: Pick<ItemParts, 'input'>

  constructor(parts: ItemParts) {
    this.index = parts.index
    this.sequence = parts.sequence
    this.#parts = parts
    this.row = parts.row
    this.value = parts.value
    this.specials = parts.specials
    this.bytes = parts.bytes
    this.spread = parts.spread
    this.transfer = parts.transfer
    this.lease = parts.lease
    this.fn = parts.fn
    this.policy = parts.policy
  }

  /** The input as the caller gave it. A row is parsed for it. */
  get input(): unknown {
    return this.#parts.input
  }

  /** Gives back the memory that its value lies in: it has its outcome. */
  release(): void {
    if (this.lease !== undefined) bufferPool.release(this.lease)
  }

  /** True if it does not run again after its next failure. */
  get isLastTry(): boolean {
    return this.failures >= this.policy.retries.times || this.transfer !== undefined
  }
}
