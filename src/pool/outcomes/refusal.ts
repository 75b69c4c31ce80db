import { PayloadTooLargeError, type Direction, SerializationError, type TaskFailure } from '../../errors/task-errors.ts'
import { pathTo } from '../../wire/codec/path.ts'
import { Unsendable } from '../../wire/codec/unsendable.ts'

/** Makes the error for a value that cannot be sent; `root` is the encoded value. Rethrows any other error. */
export function refusalOf(
  error: unknown,
  failure: TaskFailure,
  root: { readonly value: unknown; readonly name: string; readonly direction: Direction },
): SerializationError | PayloadTooLargeError {
  if (!Unsendable.is(error)) throw error
  if (error.limit !== undefined) return new PayloadTooLargeError(failure, root.direction, error.limit)
  return new SerializationError(failure, pathTo(root.value, error.offender, root.name), error.reason, root.direction)
}
