import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { markParts } from '../task/exported-object.ts'
import type { AnyFunction } from '../task/task-function.ts'
import { type MakeSpec, defineNode } from './define/define-node.ts'
import type { NodeOptions, GatherOptions } from './define/node-options.ts'
import { namedFunctions } from './define/node-spec.ts'
import { MarkedInput } from './define/read-arguments.ts'
import { type WorkflowNode, nodeOf } from './node.ts'

/** The inputs for a parameter: a stream of its values, or one value for all calls. */
export type Input<T> =
  | WorkflowNode<T>
  | readonly T[]
  | IterableIterator<T>
  | AsyncIterable<T>
  | MarkedInput<T>
  | ConstantOf<T>

/** Values that are no stream by themselves. */
type ConstantOf<T> = T extends readonly unknown[] | IterableIterator<unknown> | AsyncIterable<unknown> ? never : T

/** The inputs for all parameters. */
export type Inputs<A extends readonly unknown[]> = { [K in keyof A]: Input<A[K]> }

/** The inputs for parameters that take whole lists: streams of their members; other values are constants. */
export type Lists<A extends readonly unknown[]> = {
  [K in keyof A]: A[K] extends readonly (infer M)[] ? Input<M> | MarkedInput<A[K]> : Input<A[K]>
}

/** Makes nodes. */
export type NodeMaker<A extends readonly unknown[], R> = (...inputs: Inputs<A>) => WorkflowNode<R>

/** The members of a function's result, if it returns several items. */
export type MembersOf<R> = Awaited<R> extends Iterable<infer M> | AsyncIterable<infer M> ? M : never

/**
 * Makes the function that an operator returns, which makes nodes. If a module exports it, workers find its functions
 * there.
 */
function makerOf<T>(
  make: MakeSpec,
  ...functions: readonly AnyFunction[]
): (...inputs: readonly unknown[]) => WorkflowNode<T> {
  const maker = (...inputs: readonly unknown[]): WorkflowNode<T> => nodeOf(make(inputs))
  markParts(maker, () => functions.flatMap((fn, i) => namedFunctions(String(i), fn)))
  return maker
}

/**
 * Makes nodes that call a function for each item of a stream, or of several streams of equal length, first with first. A
 * stream of one item is repeated for the others.
 *
 * `apply(fn)(items)` declares a node; nothing runs. Linear chains of nodes run back to back in one worker.
 *
 * @example await apply(measure)(apply(load)(files('*.png'))).run()
 *
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function apply<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, Awaited<R>> {
  return makerOf(defineNode('apply', fn, options), fn)
}

/**
 * Makes nodes that call a function for the items of several streams, first with first, second with second. A stream of one
 * item is repeated; other streams of unequal length end the run with an `InvalidArgumentError`, after the results of the
 * items that there are.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function zip<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, Awaited<R>> {
  return apply(fn, options)
}

/**
 * Makes nodes that call a function for all combinations of the items of several streams, the last one varying fastest.
 *
 * Each combination is computed as soon as its items are there. The first stream is read as it is needed; the others are
 * remembered: put the longest first.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function join<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, Awaited<R>> {
  return makerOf(defineNode('join', fn, options), fn)
}

/**
 * Makes nodes of the items of a stream for which a function returns a truthy value.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
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

/**
 * Makes nodes whose function returns several items for one, or none, as an iterable, async or not. The items of one call
 * are held in memory together; each is an item of its own from there.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function flatMap<A extends readonly unknown[], R extends Several | Promise<Several>>(
  fn: (...args: A) => R,
  options?: NodeOptions,
): NodeMaker<A, MembersOf<R>> {
  return makerOf(defineNode('flatMap', fn, options), fn)
}

type Several = Iterable<unknown> | AsyncIterable<unknown>

/**
 * Makes nodes that call a function once, with the list of all items of a stream, in their order; the result is a stream of
 * one item. If an item failed, it fails, too; with `missing: 'skip'` failed items are left out.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function gather<A extends readonly unknown[], R>(
  fn: (...lists: A) => R,
  options?: GatherOptions,
): (...inputs: Lists<A>) => WorkflowNode<Awaited<R>> {
  return makerOf(defineNode('gather', fn, options), fn)
}

/** The values that items can be grouped by. */
export type GroupKey = string | number | bigint | boolean | null

/**
 * Makes nodes that call a function for each group of a stream's items, with a key and the list of the items that have it,
 * in the order in which each key came first. As a failed item may belong to any group, it fails all of them; with
 * `missing: 'skip'` failed items are left out.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function groupBy<T, K extends GroupKey, R>(
  key: (item: T) => K | Promise<K>,
  fn: (key: K, items: T[]) => R,
  options?: GatherOptions,
): (items: Input<T>) => WorkflowNode<Awaited<R>> {
  const make = defineNode('groupBy', fn, options)
  const { missing: _, ...rest } = options ?? {}
  const makeKeys = defineNode('key', key, rest)
  const makeBoth: MakeSpec = (items) => {
    const groups = make(items)
    const keys = { ...makeKeys(items), name: `key of ${groups.name}` }
    return { ...groups, args: [{ stream: keys }] }
  }
  return makerOf(makeBoth, key, fn)
}

/**
 * Makes a node of the items that a function returns, as an iterable, async or not. The function is called in this process,
 * once for each run; its items are read only as far as they are needed, and may be infinite.
 *
 * Returns a node; called with constants, it returns a node whose function gets these.
 *
 * @throws {InvalidArgumentError} for anything but a function, unknown options and wrong values.
 */
export function source<A extends readonly unknown[], R extends Iterable<unknown> | AsyncIterable<unknown>>(
  fn: (...constants: A) => R,
  options?: Pick<NodeOptions, 'name'>,
): WorkflowNode<MembersOf<R>> & ((...constants: A) => WorkflowNode<MembersOf<R>>) {
  const make = defineNode('source', fn, options)
  const maker = (...constants: A): WorkflowNode<MembersOf<R>> => nodeOf(make(constants.map((value) => constant(value))))
  return nodeOf(make([]), maker) as WorkflowNode<MembersOf<R>> & typeof maker
}

/** Marks a value as a constant for all calls, if it would be a stream otherwise. It is sent to each worker once. */
export function constant<T>(value: T): MarkedInput<T> {
  return new MarkedInput(value, false)
}

/**
 * Marks a value as a stream, if it would be a constant otherwise: a set, a map, a typed array, a string.
 *
 * @throws {InvalidArgumentError} for a value that is not iterable.
 */
export function stream<T>(items: Iterable<T> | AsyncIterable<T>): MarkedInput<T> {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Partial<
    Iterable<T> & AsyncIterable<T>
  >
  if (typeof sync === 'function' || typeof async === 'function') return new MarkedInput(items, true)
  throw new InvalidArgumentError('stream(x)', 'an iterable or an async iterable', describeValue(items))
}
