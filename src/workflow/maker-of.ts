import { markParts } from '../task/exported-object.ts'
import type { AnyFunction } from '../task/task-function.ts'
import type { MakeSpec } from './define/define-node.ts'
import { functionOf } from './define/function-of.ts'
import { nodeOf, type WorkflowNode } from './node.ts'

/** What an operator gives: it makes a node of inputs. Where a module exports it, workers find its functions there. */
export function makerOf<T>(
  make: MakeSpec,
  ...functions: readonly AnyFunction[]
): (...inputs: readonly unknown[]) => WorkflowNode<T> {
  const maker = (...inputs: readonly unknown[]): WorkflowNode<T> => nodeOf(make(inputs))
  markParts(maker, () => functions.map((fn, i) => [String(i), functionOf(fn)]))
  return maker
}
