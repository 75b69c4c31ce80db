import type { TaskError } from '../errors/task-errors.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { Item } from '../pool/jobs/item.ts'
import { refusalOf } from '../pool/outcomes/refusal.ts'
import { failureOf } from '../pool/outcomes/task-failure.ts'
import type { TaskPolicy } from '../task/failure-policy.ts'
import type { Encoder } from '../wire/codec/encoder.ts'

/** Makes the item of a call, its arguments copied now; returns a `TaskError` if they cannot be sent. */
export function encodeCall(
  index: number,
  args: readonly unknown[],
  fn: PreparedFunction,
  policy: TaskPolicy,
  encoder: Encoder,
): Item | TaskError {
  // A single argument is sent without a list around it, which is faster.
  const spread = args.length !== 1
  const input = spread ? args : args[0]
  if (typeof input === 'number' || typeof input === 'string') return plainItem(index, input, spread, fn, policy)
  try {
    const { value, specials, bytes, lease } = encoder.encode(input)
    const transfer = encoder.takeTransfer()
    return new Item({ index, sequence: index, input, value, specials, bytes, spread, transfer, lease, fn, policy })
  } catch (error) {
    const failure = failureOf(plainItem(index, input, spread, fn, policy))
    return refusalOf(error, failure, { value: args, name: 'args', direction: 'input' })
  }
}

/** Makes an item whose input is sent without encoding. */
function plainItem(index: number, input: unknown, spread: boolean, fn: PreparedFunction, policy: TaskPolicy): Item {
  return new Item({
    index,
    sequence: index,
    input,
    value: input,
    specials: undefined,
    bytes: 8,
    spread,
    transfer: undefined,
    fn,
    policy,
  })
}
