import { apply } from './apply.ts'
import type { NodeOptions } from './define/node-options.ts'
import type { NodeMaker } from './types.ts'

/**
 * A function over the items of several streams, first with first, second with second. Streams of unequal length end the
 * run with an `InvalidArgumentError`, after the results of the items that there are.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function zip<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, Awaited<R>> {
  return apply(fn, options)
}
