import type { SourceFunction } from '../../../wire/protocol/portable.ts'
import type { Capture, Capturing } from './capturing.ts'
import { type CapturedVariable, refused } from './graph-draft.ts'

type AddedMembers = Pick<SourceFunction, 'properties' | 'prototype'>

/**
 * Collects the members that were added to a function or class later: `fn.cache = new Map()`, `Old.prototype.run = …`.
 */
export function addedMembers(capture: Capture, capturing: Capturing): AddedMembers {
  const { fn, site, place } = capturing
  const captured: CapturedVariable = { variable: fn.name || 'fn', place }
  const properties = site.isClass ? staticValues(capture, capturing) : pick(fn, (_, one) => one.enumerable === true)
  const prototype = addedToPrototype(capturing, captured)
  return {
    ...(properties && { properties: capture.graph.addValue(properties, captured) }),
    ...(prototype && { prototype: capture.graph.addValue(prototype, captured) }),
  }
}

/**
 * Static fields with their present values, if they can be sent. All others get the value from evaluating the class
 * again.
 */
function staticValues(capture: Capture, { fn, site }: Capturing): object | undefined {
  const made = new Set(['length', 'name', 'prototype', ...site.staticMembers])
  return pick(fn, (name, { value, writable }) => {
    if (made.has(name) || writable !== true) return false
    if (typeof value === 'function' && site.code.includes(Function.prototype.toString.call(value))) return false
    return capture.options.canTravel(capture, value)
  })
}

function addedToPrototype({ fn, site }: Capturing, captured: CapturedVariable): object | undefined {
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value
  if (typeof prototype !== 'object' || prototype === null || site.isGenerator) return undefined
  if (!site.isClass && Object.getPrototypeOf(prototype) !== Object.prototype)
    throw refused(captured, 'it sets up inheritance by hand. Write it as a class.')
  return pick(prototype, (_, one) => one.enumerable === true)
}

type Wanted = (name: string, descriptor: PropertyDescriptor) => boolean

/** Copies the wanted members of an object into a plain one; accessors stay accessors. */
function pick(from: object, isWanted: Wanted): object | undefined {
  const picked = {}
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
    if (isWanted(name, descriptor)) Object.defineProperty(picked, name, { ...descriptor, enumerable: true })
  }
  return Object.keys(picked).length > 0 ? picked : undefined
}
