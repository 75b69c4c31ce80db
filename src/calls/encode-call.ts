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
  const value = spread ? args : args[0]
  const input = value
  if (!spread && (typeof value === 'number' || typeof value === 'string')) {
    return new Entry(index, index, input, value, undefined, 8, false, undefined, fn, policy)
  }
  try {
    const encoded = encoder.encode(value)
    return new Entry(
      index,
      index,
      input,
      encoded.value,
      encoded.specials,
      encoded.bytes,
      spread,
      encoder.takeTransfer(),
      fn,
      policy,
    )
  } catch (error) {
    if (!(error instanceof Unsendable)) throw error
    const entry = new Entry(index, index, input, undefined, undefined, 0, spread, undefined, fn, policy)
    return new SerializationError(failureOf(entry), pathTo(args, error.offender, 'args'), error.reason, 'input')
  }
}
