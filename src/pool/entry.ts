import type { Special } from '../wire/codec/special.ts'
import type { Batch } from './batch.ts'
import type { FunctionUse } from './function-use.ts'
import type { TaskPolicy } from './policy.ts'

/** One input on its way to its outcome. */
export class Entry {
  /** The position of the input in its run. */
  readonly index: number
  /** Its place among the outcomes: inputs that were skipped have none. */
  readonly place: number
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
  /** The function; another where each worker has its own. */
  fn: FunctionUse
  readonly policy: TaskPolicy
  /** What its sink knows it by. */
  ticket: unknown = undefined
  /** How often it was started, as far as is known. */
  attempts = 0
  /** It was warned of, because it takes so long. */
  warned = false
  /** How often its worker died under it. */
  deaths = 0
  /** The batch that it is in now. An outcome from any other counts for nothing. */
  batch: Batch | undefined = undefined

  constructor(
    index: number,
    place: number,
    input: unknown,
    value: unknown,
    specials: readonly Special[] | undefined,
    bytes: number,
    spread: boolean,
    transfer: readonly unknown[] | undefined,
    fn: FunctionUse,
    policy: TaskPolicy,
  ) {
    this.index = index
    this.place = place
    this.input = input
    this.value = value
    this.specials = specials
    this.bytes = bytes
    this.spread = spread
    this.transfer = transfer
    this.fn = fn
    this.policy = policy
  }
}
