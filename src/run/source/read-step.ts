import { describeValue } from '../../options/describe-value.ts'

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
