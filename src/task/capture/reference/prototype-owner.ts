import type { Callable } from './known-references.ts'

/**
 * Returns the function or class whose `prototype` an object is. Its members are no copies of it: workers have the
 * object when they have the function.
 */
export function prototypeOwner(value: object): Callable | undefined {
  const owner: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value
  if (typeof owner !== 'function') return undefined
  const prototype = Object.getOwnPropertyDescriptor(owner, 'prototype')
  // That of an arrow function was assigned to it.
  return prototype?.value === value && prototype.configurable === false ? (owner as Callable) : undefined
}
