import type { TaskPolicy } from '../../task/failure-policy.ts'
import type { BufferLease } from '../../wire/codec/buffer-pool.ts'
import type { Special } from '../../wire/codec/special.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'

/** What an item is made of. */
export interface ItemParts {
  readonly index: number
  readonly sequence: number
  readonly input: unknown
  readonly value: unknown
  readonly specials: readonly Special[] | undefined
  readonly bytes: number
  readonly spread: boolean
  readonly transfer: readonly unknown[] | undefined
  /** Memory that the value lies in, to be given back with its outcome. */
  readonly lease?: BufferLease | undefined
  readonly fn: PreparedFunction
  readonly policy: TaskPolicy
}

/** One input on its way to its outcome, where it has to be told apart from those that it travelled with. */
export class Item implements ItemParts {
  /** The position of the input in its run. */
  readonly index: number
  /** Position among the outcomes. Skipped inputs have none. */
  readonly sequence: number
  /** The input as the caller gave it. */
  readonly input: unknown
  /** The encoded input: copied when it was read, kept until its outcome, for it may have to be sent again. */
  readonly value: unknown
  readonly specials: readonly Special[] | undefined
  readonly bytes: number
  /** The input is the list of arguments. */
  readonly spread: boolean
  /** Buffers to hand over with it: then it can be sent only once. */
  readonly transfer: readonly unknown[] | undefined
  readonly lease: BufferLease | undefined
  /** The function; another where each worker has its own. */
  fn: PreparedFunction
  readonly policy: TaskPolicy
  /** What its sink knows it by. */
  tag: unknown = undefined
  /** How often it was started, as far as is known. */
  attempts = 0
  /** How often it threw or took too long: what its retries are for. */
  failures = 0
  /** It was warned of, because it takes so long. */
  warned = false
  /** How often its worker died under it. */
  deaths = 0

  constructor(parts: ItemParts) {
    this.index = parts.index
    this.sequence = parts.sequence
    this.input = parts.input
    this.value = parts.value
    this.specials = parts.specials
    this.bytes = parts.bytes
    this.spread = parts.spread
    this.transfer = parts.transfer
    this.lease = parts.lease
    this.fn = parts.fn
    this.policy = parts.policy
  }

  /** Whether it does not run again if it fails now. */
  get isLastTry(): boolean {
    return this.failures >= this.policy.retries.times || this.transfer !== undefined
  }
}
