import type { TaskError } from '../../errors/task-errors.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import { Item } from '../../pool/jobs/item.ts'
import { refusalOf } from '../../pool/outcomes/refusal.ts'
import { failureOf } from '../../pool/outcomes/task-failure.ts'
import { isPlain } from '../../run/source/read-step.ts'
import type { TaskPolicy } from '../../task/failure-policy.ts'
import { hostClasses } from '../../task/register-class.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import type { Encoded } from '../../wire/codec/special.ts'

/** Bytes of a number, a boolean and the like on the wire. */
const PLAIN_BYTES = 8

/** The rules for sending a call. */
export interface CallRules {
  readonly fn: PreparedFunction
  readonly policy: TaskPolicy
  /** Inputs are lists of arguments. */
  readonly spread: boolean
  /** Copies inputs; undefined to pass them as they are. */
  readonly encoder: Encoder | undefined
}

/** Makes the entry of one call, its input copied now; without an encoder it is passed as it is. */
export function encodeCall(input: unknown, index: number, sequence: number, calling: CallRules): Item | TaskError {
  const { encoder } = calling
  if (encoder === undefined || isPlain(input)) {
    const bytes = typeof input === 'string' ? input.length + 8 : PLAIN_BYTES
    return entryOf(input, index, sequence, calling, { value: input, specials: undefined, bytes })
  }
  try {
    const encoded = encoder.encode(input)
    return entryOf(input, index, sequence, calling, encoded, encoder.takeTransfer())
  } catch (error) {
    const failure = failureOf(unsentCall(input, index, sequence, calling))
    return refusalOf(error, failure, { value: input, name: 'input', direction: 'input' })
  }
}

/** Makes the entry of a call whose input cannot be sent. */
export function unsentCall(input: unknown, index: number, sequence: number, calling: CallRules): Item {
  return entryOf(input, index, sequence, calling, NOTHING)
}

const NOTHING: Encoded = { value: undefined, specials: undefined, bytes: 0 }

/** Written out: to spread objects costs more than all the rest. */
function entryOf(
  input: unknown,
  index: number,
  sequence: number,
  { fn, policy, spread }: CallRules,
  { value, specials, bytes, lease }: Encoded,
  transfer?: readonly unknown[],
): Item {
  return new Item({ index, sequence, input, value, specials, bytes, spread, transfer, lease, fn, policy })
}

/** Makes a function that copies items to remember, so that their producer can reuse them. */
export function itemCopier(
  name: string,
): (value: unknown, index: number) => TaskError | { value: unknown; bytes: number } {
  const classes = hostClasses()
  const encoder = new Encoder({ classes })
  return (input, index) => {
    if (isPlain(input)) return { value: input, bytes: PLAIN_BYTES }
    try {
      const { value, specials, bytes } = encoder.encode(input)
      return { value: decode(value, specials, { classes }), bytes }
    } catch (error) {
      const task = { name, index, key: 'unhashable' }
      return refusalOf(error, { task, input, attempts: 0 }, { value: input, name: 'item', direction: 'input' })
    }
  }
}
