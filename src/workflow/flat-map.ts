import { defineNode } from './define/define-node.ts'
import type { NodeOptions } from './define/node-options.ts'
import { makerOf } from './maker-of.ts'
import type { MembersOf, NodeMaker } from './types.ts'

/**
 * A function that makes several items of one, or none: it returns an iterable, async or not. What it returns for one item
 * is held in memory as a whole; each member goes its own way from there.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function flatMap<A extends readonly unknown[], R extends Several | Promise<Several>>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, MembersOf<R>> {
  return makerOf(defineNode('flatMap', fn, options), fn)
}

type Several = Iterable<unknown> | AsyncIterable<unknown>
