import type { Wrapped } from './define/wrapped.ts'
import type { WorkflowNode } from './node.ts'

/** What can be given for a parameter: a stream of such values, or one for all calls. */
export type Input<T> =
  | WorkflowNode<T>
  | readonly T[]
  | IterableIterator<T>
  | AsyncIterable<T>
  | Wrapped<T>
  | ConstantOf<T>

/** Values that are no stream by themselves. */
type ConstantOf<T> = T extends readonly unknown[] | IterableIterator<unknown> | AsyncIterable<unknown> ? never : T

/** What can be given for all parameters. */
export type Inputs<A extends readonly unknown[]> = { [K in keyof A]: Input<A[K]> }

/** What can be given where a function takes whole lists: streams of their members; the rest are constants. */
export type Lists<A extends readonly unknown[]> = {
  [K in keyof A]: A[K] extends readonly (infer M)[] ? Input<M> | Wrapped<A[K]> : Input<A[K]>
}

/** Makes nodes. */
export type NodeMaker<A extends readonly unknown[], R> = (...inputs: Inputs<A>) => WorkflowNode<R>

/** The members of what a function may return as several items. */
export type MembersOf<R> = Awaited<R> extends Iterable<infer M> | AsyncIterable<infer M> ? M : never
