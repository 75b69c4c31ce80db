import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { Wrapped } from './define/wrapped.ts'

/**
 * The items of a value that would be a constant: of a set, a map, a typed array, a string.
 *
 * @throws {InvalidArgumentError} for what is not iterable.
 */
export function stream<T>(items: Iterable<T> | AsyncIterable<T>): Wrapped<T> {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Partial<
    Iterable<T> & AsyncIterable<T>
  >
  if (typeof sync === 'function' || typeof async === 'function') return new Wrapped(items, true)
  throw new InvalidArgumentError('stream(x)', 'an iterable or an async iterable', describeValue(items))
}
