import type { AnyFunction } from '../../task/task-function.ts'
import { type Argument, type NodeSpec, specOf } from './node-spec.ts'

type Items = Iterable<unknown> | AsyncIterable<unknown>

/** An argument of a node that was marked as a stream or a constant. */
export class MarkedInput<T = unknown> {
  readonly value: unknown
  readonly isStream: boolean
  /** The type of the argument that it can stand for. */
  declare readonly type: T

  constructor(value: unknown, isStream: boolean) {
    this.value = value
    this.isStream = isStream
  }
}

/** The sources that stand for arrays and generators: one for each, however many nodes read it. */
const sources = new WeakMap<object, NodeSpec>()

/** Tells streams from constants among the arguments that a node was given. */
export function readArguments(values: readonly unknown[]): Argument[] {
  return values.map((value) => readArgument(value))
}

function readArgument(value: unknown): Argument {
  const spec = specOf(value)
  if (spec !== undefined) return { stream: spec }
  if (value instanceof MarkedInput)
    return value.isStream ? { stream: sourceOf(value.value as Items) } : { constant: value.value }
  return isItems(value) ? { stream: sourceOf(value) } : { constant: value }
}

/** Arrays, generators and all that comes bit by bit; not strings, typed arrays, maps, sets and other objects. */
function isItems(value: unknown): value is Items {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  const {
    [Symbol.asyncIterator]: async,
    [Symbol.iterator]: sync,
    next,
  } = value as Partial<Iterator<unknown> & Iterable<unknown> & AsyncIterable<unknown>>
  return typeof async === 'function' || (typeof sync === 'function' && typeof next === 'function')
}

function sourceOf(items: Items): NodeSpec {
  const known = typeof items === 'object' ? sources.get(items) : undefined
  if (known !== undefined) return known
  const name = Array.isArray(items) ? `${items.length} items` : 'items'
  const spec: NodeSpec = { kind: 'source', name, fn: notCalled, args: [], settings: {}, items }
  if (typeof items === 'object') sources.set(items, spec)
  return spec
}

const notCalled: AnyFunction = () => undefined
