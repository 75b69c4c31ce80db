import { SerializationError } from '../errors/serialization-error.ts'
import { Entry } from '../pool/entry.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import type { TaskPolicy } from '../pool/policy.ts'
import { failureOf } from '../pool/task-failure.ts'
import type { Encoder } from '../wire/codec/encoder.ts'
import { pathTo } from '../wire/codec/path.ts'
import { Unsendable } from '../wire/codec/unsendable.ts'

/** An entry for one call, its arguments copied now; or the error that says why they cannot be sent. */
export function encodeCall(
  index: number,
  args: readonly unknown[],
  fn: FunctionUse,
  policy: TaskPolicy,
  encoder: Encoder,
): Entry | SerializationError {
  // A single argument needs no list around it, and travels faster.
  const spread = args.length !== 1
  const input = spread ? args : args[0]
  const parts = { index, place: index, input, spread, fn, policy }
  const plain = { ...parts, value: input, specials: undefined, bytes: 8, transfer: undefined }
  if (typeof input === 'number' || typeof input === 'string') return new Entry(plain)
  try {
    const { value, specials, bytes } = encoder.encode(input)
    return new Entry({ ...parts, value, specials, bytes, transfer: encoder.takeTransfer() })
  } catch (error) {
    if (!(error instanceof Unsendable)) throw error
    const path = pathTo(args, error.offender, 'args')
    return new SerializationError(failureOf(new Entry(plain)), path, error.reason, 'input')
  }
}
