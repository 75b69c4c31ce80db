import { wrappedOf } from '../../cache/cache-access.ts'
import { partsOf } from '../../task/exported-object.ts'
import type { RetryPolicy, TimeoutRule } from '../../task/failure-policy.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import { processWide } from '../../util/own-package.ts'

/** The kinds of nodes, by what they do with their streams. */
export type NodeKind = 'source' | 'apply' | 'join' | 'filter' | 'flatMap' | 'gather' | 'key' | 'groupBy'

/** An argument of a node's function: the items of another node, or one value for all calls. */
export type Argument = { readonly stream: NodeSpec } | { readonly constant: unknown }

/** A node's options, checked. */
export interface NodeSettings {
  readonly name?: string
  readonly cache?: unknown
  readonly version?: string
  readonly ignore?: readonly number[]
  readonly timeout?: TimeoutRule
  readonly retries?: RetryPolicy
  readonly local?: boolean
  readonly missing?: 'skip' | 'fail'
}

/** The declaration of a node: its function, and the sources of its arguments. It never changes. */
export interface NodeSpec {
  readonly kind: NodeKind
  readonly name: string
  /** The function; of a source, the function that returns its items. */
  readonly fn: AnyFunction
  readonly args: readonly Argument[]
  readonly settings: NodeSettings
  /** The items of a source without a function of its own: an array, a generator. */
  readonly items?: Iterable<unknown> | AsyncIterable<unknown>
}

/** The nodes whose items a node takes, in the order of its arguments. */
export function streamsOf(spec: NodeSpec): NodeSpec[] {
  return spec.args.flatMap((arg) => ('stream' in arg ? [arg.stream] : []))
}

const specs = processWide('workflow nodes', () => new WeakMap<object, NodeSpec>())

/** Returns the declaration behind a node handle; undefined for any other value. */
export function specOf(value: unknown): NodeSpec | undefined {
  return typeof value === 'object' || typeof value === 'function' ? specs.get(value as object) : undefined
}

export function setSpec(handle: object, spec: NodeSpec): void {
  specs.set(handle, spec)
}

/** Returns the function of a node, without the cache that `cache.wrap` put before it. */
export function functionOf(fn: AnyFunction): AnyFunction {
  const wrapped = wrappedOf(fn)?.fn
  return typeof wrapped === 'function' ? wrapped : fn
}

/** Names a node's function, and the one that it calls if it is batched, as parts of an object that a module may export. */
export function namedFunctions(name: string, fn: AnyFunction): (readonly [name: string, fn: AnyFunction])[] {
  const called = functionOf(fn)
  return [[name, called], ...Array.from(partsOf(called), ([part, inner]) => [`${name}.${part}`, inner] as const)]
}
