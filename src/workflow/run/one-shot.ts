import { InvalidStateError } from '../../errors/argument-errors.ts'
import type { NodeSpec } from '../define/node-spec.ts'

type Items = Iterable<unknown> | AsyncIterable<unknown>

/** Inputs that can be read only once, and were. */
const spent = new WeakSet<object>()

/**
 * Opens the inputs of a source.
 *
 * @throws {InvalidStateError} for a generator, or the like, that was read before.
 */
export function openSource(spec: NodeSpec): Items {
  const { items } = spec
  if (items === undefined) {
    const constants = spec.args.flatMap((arg) => ('constant' in arg ? [arg.constant] : []))
    return (spec.fn as (...args: unknown[]) => Items)(...constants)
  }
  if (!isOneShot(items)) return items
  if (spent.has(items)) {
    throw new InvalidStateError(
      'a generator or stream that this workflow reads was read by an earlier run, and can be read only once. ' +
        'Give an array, or source(() => …), which makes a new one for each run',
    )
  }
  spent.add(items)
  return items
}

/** Returns true if inputs can be read only once: iterators, which return themselves, and streams. */
export function isOneShot(items: Items): boolean {
  if (typeof items !== 'object') return false
  const { next, pipe } = items as Partial<Iterator<unknown>> & { pipe?: unknown }
  return typeof next === 'function' || typeof pipe === 'function' || items instanceof ReadableStream
}
