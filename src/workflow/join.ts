import { defineNode } from './define/define-node.ts'
import type { NodeOptions } from './define/node-options.ts'
import { makerOf } from './maker-of.ts'
import type { NodeMaker } from './types.ts'

/**
 * A function over all combinations of the items of several streams, the last one varying fastest.
 *
 * Each combination is computed as soon as its items are there. The first stream is read as it is needed; the others are
 * remembered: put the longest first.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function join<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, Awaited<R>> {
  return makerOf(defineNode('join', fn, options), fn)
}
