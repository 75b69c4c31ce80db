import { processWide } from '../../../util/own-package.ts'
import type { PortableFunction } from '../../../wire/protocol/portable.ts'

/** A reference by which workers find a function. */
export type Reference = Exclude<PortableFunction, { kind: 'source' | 'made' }>

const references = processWide('references', () => new WeakMap<Callable, Reference>())

/** Returns the reference to a function, if it was found or set before. It never changes. */
export function knownReference(fn: Callable): Reference | undefined {
  return references.get(fn)
}

/** Sets the reference to a function, so that `capture` need not search for one. Used by `tasksOf`. */
export function setReference<T extends Reference>(fn: Callable, reference: T): T {
  references.set(fn, reference)
  return reference
}

/** A function or class that can be sent. */
export type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)
