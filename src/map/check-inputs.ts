import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'

/** Anything that a run can read its inputs from. */
export type Items<I> = Iterable<I> | AsyncIterable<I>

/** @throws {InvalidArgumentError} if the inputs are not iterable. `option` names them in the message. */
export function checkInputs(inputs: unknown, option = 'inputs'): asserts inputs is Items<unknown> {
  if (inputs !== null && inputs !== undefined) {
    const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(inputs) as Partial<
      Iterable<unknown> & AsyncIterable<unknown>
    >
    if (typeof sync === 'function' || typeof async === 'function') return
  }
  throw new InvalidArgumentError(option, 'an array or another iterable or async iterable', describeValue(inputs))
}
