import { constant } from './constant.ts'
import { defineNode } from './define/define-node.ts'
import type { NodeOptions } from './define/node-options.ts'
import { nodeOf, type WorkflowNode } from './node.ts'
import type { MembersOf } from './types.ts'

/**
 * The items of what a function returns: an iterable, async or not. The function is called in this process, anew for each
 * run; what it returns is read only as far as its items are needed, and may have no end.
 *
 * What it gives is a node already; called with constants it gives one whose function gets these.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function source<A extends readonly unknown[], R extends Iterable<unknown> | AsyncIterable<unknown>>(
  fn: (...constants: A) => R,
  options?: Pick<NodeOptions, 'name'>,
): WorkflowNode<MembersOf<R>> & ((...constants: A) => WorkflowNode<MembersOf<R>>) {
  const make = defineNode('source', fn, options)
  const maker = (...constants: A): WorkflowNode<MembersOf<R>> => nodeOf(make(constants.map((value) => constant(value))))
  return nodeOf(make([]), maker) as WorkflowNode<MembersOf<R>> & typeof maker
}
