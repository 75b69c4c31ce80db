import { Wrapped } from './define/wrapped.ts'

/** One value for all calls of a node's function, where it would be a stream: an array, a generator. Sent to each worker once. */
export function constant<T>(value: T): Wrapped<T> {
  return new Wrapped(value, false)
}
