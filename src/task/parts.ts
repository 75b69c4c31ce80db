import { processWide } from '../util/process-wide.ts'
import type { AnyFunction } from './task-function.ts'

type ListParts = () => Iterable<readonly [name: string, fn: AnyFunction]>

const lists = processWide('parts', () => new WeakMap<object, ListParts>())

/**
 * Says of which functions an object is made, by names that mean the same wherever its module is loaded: where a module
 * exports the object, workers find them there.
 */
export function markParts(object: object, list: ListParts): void {
  lists.set(object, list)
}

/** The function with a name among those that a value is made of. */
export function partNamed(value: unknown, name: string): AnyFunction | undefined {
  for (const [other, fn] of partsOf(value)) if (other === name) return fn
  return undefined
}

/** What a function is called among those that a value is made of; undefined where it is none of them. */
export function nameOfPart(value: unknown, fn: unknown): string | undefined {
  for (const [name, other] of partsOf(value)) if (other === fn) return name
  return undefined
}

function partsOf(value: unknown): ReturnType<ListParts> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return (isObject ? lists.get(value)?.() : undefined) ?? []
}
