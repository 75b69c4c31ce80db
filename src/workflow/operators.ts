import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { markParts } from '../task/exported-object.ts'
import type { AnyFunction } from '../task/task-function.ts'
import { type MakeSpec, defineNode } from './define/define-node.ts'
import type { NodeOptions, GatherOptions } from './define/node-options.ts'
import { functionOf } from './define/node-spec.ts'
import { MarkedInput } from './define/read-arguments.ts'
import { type WorkflowNode, nodeOf } from './node.ts'

/** What can be given for a parameter: a stream of such values, or one for all calls. */
export type Input<T> =
  | WorkflowNode<T>
  | readonly T[]
  | IterableIterator<T>
  | AsyncIterable<T>
  | MarkedInput<T>
  | ConstantOf<T>

/** Values that are no stream by themselves. */
type ConstantOf<T> = T extends readonly unknown[] | IterableIterator<unknown> | AsyncIterable<unknown> ? never : T

/** What can be given for all parameters. */
export type Inputs<A extends readonly unknown[]> = { [K in keyof A]: Input<A[K]> }

/** What can be given where a function takes whole lists: streams of their members; the rest are constants. */
export type Lists<A extends readonly unknown[]> = {
  [K in keyof A]: A[K] extends readonly (infer M)[] ? Input<M> | MarkedInput<A[K]> : Input<A[K]>
}

/** Makes nodes. */
export type NodeMaker<A extends readonly unknown[], R> = (...inputs: Inputs<A>) => WorkflowNode<R>

/** The members of what a function may return as several items. */
export type MembersOf<R> = Awaited<R> extends Iterable<infer M> | AsyncIterable<infer M> ? M : never

/** What an operator gives: it makes a node of inputs. Where a module exports it, workers find its functions there. */
export function makerOf<T>(
  make: MakeSpec,
  ...functions: readonly AnyFunction[]
): (...inputs: readonly unknown[]) => WorkflowNode<T> {
  const maker = (...inputs: readonly unknown[]): WorkflowNode<T> => nodeOf(make(inputs))
  markParts(maker, () => functions.map((fn, i) => [String(i), functionOf(fn)]))
  return maker
}

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

/** What items can be grouped by. */
export type GroupKey = string | number | bigint | boolean | null

/**
 * A function over groups of a stream's items, called with a key and the list of the items that have it, for each key in
 * the order in which it came first. As any item may belong to any group, one that failed fails all of them; with
 * `missing: 'skip'` they do without it.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
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

/** One value for all calls of a node's function, where it would be a stream: an array, a generator. Sent to each worker once. */
export function constant<T>(value: T): MarkedInput<T> {
  return new MarkedInput(value, false)
}

/**
 * The items of a value that would be a constant: of a set, a map, a typed array, a string.
 *
 * @throws {InvalidArgumentError} for what is not iterable.
 */
export function stream<T>(items: Iterable<T> | AsyncIterable<T>): MarkedInput<T> {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Partial<
    Iterable<T> & AsyncIterable<T>
  >
  if (typeof sync === 'function' || typeof async === 'function') return new MarkedInput(items, true)
  throw new InvalidArgumentError('stream(x)', 'an iterable or an async iterable', describeValue(items))
}
