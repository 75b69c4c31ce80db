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

const staying = processWide('staying', () => new WeakMap<Callable, string>())

/** Forbids sending a function as a captured value. `reason` says why, and what to do instead. */
export function refuseCapture(fn: Callable, reason: string): void {
  staying.set(fn, reason)
}

/** Returns the reason why a function cannot be sent, if one was set. */
export function captureRefusal(fn: Callable): string | undefined {
  return staying.get(fn)
}

/** A function or class that can be sent. */
export type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)
