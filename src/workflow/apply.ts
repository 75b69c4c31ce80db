import { defineNode } from './define/define-node.ts'
import type { NodeOptions } from './define/node-options.ts'
import { makerOf } from './maker-of.ts'
import type { NodeMaker } from './types.ts'

/**
 * A function over the items of a stream, or over those of several streams of equal length, first with first.
 *
 * `apply(fn)(items)` declares a node; nothing runs. Linear chains of nodes run back to back in one worker.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function apply<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, Awaited<R>> {
  return makerOf(defineNode('apply', fn, options), fn)
}
