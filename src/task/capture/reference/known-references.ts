import { processWide } from '../../../util/own-package.ts'
import type { PortableFunction } from '../../../wire/protocol/portable.ts'

/** A function that workers find by themselves. */
export type Reference = Exclude<PortableFunction, { kind: 'source' | 'made' }>

const references = processWide('references', () => new WeakMap<Callable, Reference>())

/** How a function is reached by reference, where that has been found out or was said. It does not change. */
export function knownReference(fn: Callable): Reference | undefined {
  return references.get(fn)
}

/** Says how a function is reached in a worker, so that `capture` need not look at it: for `tasksOf`. */
export function setReference<T extends Reference>(fn: Callable, reference: T): T {
  references.set(fn, reference)
  return reference
}

const staying = processWide('staying', () => new WeakMap<Callable, string>())

/** Says why a function cannot go to workers as a captured value, and what to do instead. */
export function keepHere(fn: Callable, reason: string): void {
  staying.set(fn, reason)
}

/** Why a function cannot go to workers, where that was said. */
export function whyStaying(fn: Callable): string | undefined {
  return staying.get(fn)
}

/** Anything that can be sent as a function: classes too. */
export type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)
