import { describeValue } from '../../options/describe-value.ts'

/** An iterator over inputs, and its kind. */
export interface OpenInputs {
  readonly isAsync: boolean
  readonly iterator: Iterator<unknown> | AsyncIterator<unknown>
}

/** Begins to read inputs: as an async iterable, if they are both kinds. */
export function openInputs(inputs: Iterable<unknown> | AsyncIterable<unknown>): OpenInputs {
  // A string is iterable, too, and `in` asks only objects.
  const { [Symbol.asyncIterator]: async } = inputs as Partial<AsyncIterable<unknown>>
  return async === undefined
    ? { isAsync: false, iterator: (inputs as Iterable<unknown>)[Symbol.iterator]() }
    : { isAsync: true, iterator: async.call(inputs) }
}

/**
 * Checks what `next()` of an iterator returned, as a `for` loop does: a non-object would be read as endless items.
 *
 * @throws {TypeError} if it is no object; `what` names the iterator.
 */
export function checkStep(step: IteratorResult<unknown>, what: string): IteratorResult<unknown> {
  if (typeof step === 'object' && (step as unknown) !== null) return step
  throw new TypeError(`${what}: next() returned ${describeValue(step)}, expected an iterator result { value, done }`)
}

/** Returns true for values that need no copy, since they are immutable. */
export function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'object':
      return value === null
    case 'function':
    case 'symbol':
      return false
    default:
      return true
  }
}
