import type { SourceFunction } from '../portable.ts'
import { refused, type Builder } from './builder.ts'
import type { Slot } from './graph.ts'
import type { Capturing } from './source-function.ts'

type Given = Pick<SourceFunction, 'properties' | 'prototype'>

/** What was given to a function or class after it was made: `fn.cache = new Map()`, `Old.prototype.run = …`. */
export function givenMembers(builder: Builder, capturing: Capturing): Given {
  const { fn, site, place } = capturing
  const slot: Slot = { variable: fn.name || 'fn', place }
  const properties = site.isClass ? staticValues(builder, capturing) : pick(fn, (_, one) => one.enumerable === true)
  const prototype = addedToPrototype(capturing, slot)
  return {
    ...(properties && { properties: builder.graph.addValue(properties, slot) }),
    ...(prototype && { prototype: builder.graph.addValue(prototype, slot) }),
  }
}

/** Fields as they are now, where that can travel; else what evaluating the class again gives. */
function staticValues(builder: Builder, { fn, site }: Capturing): object | undefined {
  const made = new Set(['length', 'name', 'prototype', ...site.staticMembers])
  return pick(fn, (name, { value, writable }) => {
    if (made.has(name) || writable !== true) return false
    if (typeof value === 'function' && site.code.includes(Function.prototype.toString.call(value))) return false
    return builder.options.canTravel(builder, value)
  })
}

function addedToPrototype({ fn, site }: Capturing, slot: Slot): object | undefined {
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value
  if (typeof prototype !== 'object' || prototype === null || site.isGenerator) return undefined
  if (!site.isClass && Object.getPrototypeOf(prototype) !== Object.prototype)
    throw refused(slot, 'it sets up inheritance by hand. Write it as a class.')
  return pick(prototype, (_, one) => one.enumerable === true)
}

type Wanted = (name: string, descriptor: PropertyDescriptor) => boolean

/** A plain object with some of the members of another; accessors stay accessors. */
function pick(from: object, isWanted: Wanted): object | undefined {
  const picked = {}
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
    if (isWanted(name, descriptor)) Object.defineProperty(picked, name, { ...descriptor, enumerable: true })
  }
  return Object.keys(picked).length > 0 ? picked : undefined
}
