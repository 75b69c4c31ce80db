import { describeValue } from '../../options/describe-value.ts'

/**
 * Checks what an iterator returned, as a `for` loop does: anything but an object would be read as items without end.
 *
 * @throws {TypeError} that begins with `what` is read.
 */
export function checkStep(step: IteratorResult<unknown>, what: string): IteratorResult<unknown> {
  if (typeof step === 'object' && (step as unknown) !== null) return step
  throw new TypeError(`${what}: next() returned ${describeValue(step)}, expected an iterator result { value, done }`)
}

/** Tells values that need no copy, since they cannot be changed. */
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
