import type { AnyFunction } from '../task/task-function.ts'
import { defineNode } from './define/define-node.ts'
import type { NodeOptions } from './define/node-options.ts'
import { makerOf } from './maker-of.ts'
import type { WorkflowNode } from './node.ts'
import type { Input, Inputs } from './types.ts'

/**
 * The items of a stream for which a function returns something true.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function filter<T, U extends T>(
  fn: (item: T) => item is U,
  options?: NodeOptions,
): (items: Input<T>) => WorkflowNode<U>
export function filter<T, A extends readonly unknown[]>(
  fn: (item: T, ...constants: A) => unknown,
  options?: NodeOptions,
): (items: Input<T>, ...constants: Inputs<A>) => WorkflowNode<T>
export function filter(fn: unknown, options?: NodeOptions): (...inputs: unknown[]) => WorkflowNode<unknown> {
  return makerOf(defineNode('filter', fn, options), fn as AnyFunction)
}
