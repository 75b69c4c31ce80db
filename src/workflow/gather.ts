import { defineNode } from './define/define-node.ts'
import type { GatherOptions } from './define/node-options.ts'
import { makerOf } from './maker-of.ts'
import type { WorkflowNode } from './node.ts'
import type { Lists } from './types.ts'

/**
 * A function over all items of a stream at once: it is called with their list, in their order, and its result is a
 * stream of one item. Where an item failed it fails too, or with `missing: 'skip'` does without.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function gather<A extends readonly unknown[], R>(
  fn: (...lists: A) => R,
  options?: GatherOptions,
): (...inputs: Lists<A>) => WorkflowNode<Awaited<R>> {
  return makerOf(defineNode('gather', fn, options), fn)
}
