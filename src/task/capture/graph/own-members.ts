import { pickMembers, sendExactly } from '../../../wire/codec/exact-objects.ts'
import type { SourceFunction } from '../../../wire/protocol/portable.ts'
import { prototypeOwner } from '../reference/prototype-owner.ts'
import type { Capture, Capturing } from './capturing.ts'
import { addedStatics, isMadeByClass } from './class-members.ts'
import type { CapturedVariable } from './graph-draft.ts'

type OwnMembers = Pick<SourceFunction, 'properties' | 'prototype' | 'inherits' | 'prototypeInherits'>

/**
 * Collects what a function or class has beyond its source: the members that were added to it and to its prototype, as
 * they are defined, and what both inherit from. Code that was compiled for old engines makes whole classes so.
 */
export function ownMembers(capture: Capture, capturing: Capturing): OwnMembers {
  const { fn, site, place } = capturing
  const captured: CapturedVariable = { variable: fn.name || 'fn', place }
  const prototype = prototypeOf(capturing)
  const add = (part: object | null | undefined): number | undefined =>
    part === undefined ? undefined : capture.graph.addValue(part, captured)
  const properties = add(site.isClass ? addedStatics(capture, capturing) : addedToFunction(capturing, prototype))
  const inherits = add(inheritsOf(capturing))
  const onPrototype = prototype && add(addedToPrototype(capturing, prototype))
  const prototypeInherits = prototype && add(prototypeInheritsOf(capturing, prototype))
  return {
    ...(properties !== undefined && { properties }),
    ...(inherits !== undefined && { inherits }),
    ...(onPrototype !== undefined && { prototype: onPrototype }),
    ...(prototypeInherits !== undefined && { prototypeInherits }),
  }
}

function addedToFunction({ fn, site }: Capturing, prototype: object | undefined): object | undefined {
  return pickMembers(fn, (key, { value }) => {
    switch (key) {
      case 'length':
        return value !== site.length
      case 'name':
        return typeof value !== 'string'
      case 'prototype':
        // The prototype of another function, or one that its syntax does not make.
        return prototype === undefined
      case 'arguments':
      case 'caller':
        // Made by the engine, for old code.
        return value !== null
      default:
        return true
    }
  })
}

/** Returns the prototype of a function, if it is its own, and not that of another one. */
function prototypeOf({ fn }: Capturing): object | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(fn, 'prototype')
  const value: unknown = descriptor?.value
  if (typeof value !== 'object' || value === null || descriptor?.configurable === true) return undefined
  return (prototypeOwner(value) ?? fn) === fn ? value : undefined
}

/** Returns the members that compiling does not make. If there are any, the worker replaces the `constructor`, too. */
function addedToPrototype({ fn, site }: Capturing, prototype: object): object | undefined {
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  const isAsCompiled = site.isGenerator
    ? constructor === undefined
    : constructor?.value === fn && !constructor.enumerable
  const members = pickMembers(
    prototype,
    (key, descriptor) => key !== 'constructor' && !(site.isClass && isMadeByClass(site, false, key, descriptor)),
  )
  if (isAsCompiled && members === undefined) return undefined
  const all = members ?? sendExactly({})
  return constructor === undefined ? all : Object.defineProperty(all, 'constructor', constructor)
}

function inheritsOf({ fn, site }: Capturing): object | null | undefined {
  if (site.hasBase) return undefined
  const parent = Object.getPrototypeOf(fn) as object | null
  return parent !== null && isOfFunctions(parent) ? undefined : parent
}

/** Returns true for the object that functions of some kind inherit from, in this realm or another. */
function isOfFunctions(parent: object): boolean {
  if (typeof parent === 'function') {
    const root = Object.getPrototypeOf(parent) as object | null
    return root !== null && isOfObjects(root) && Object.hasOwn(parent, Symbol.hasInstance)
  }
  const tag: unknown = Object.getOwnPropertyDescriptor(parent, Symbol.toStringTag)?.value
  return typeof tag === 'string' && /^(?:Async)?(?:Generator)?Function$/.test(tag)
}

function isOfObjects(parent: object): boolean {
  return Object.getPrototypeOf(parent) === null && Object.hasOwn(parent, 'hasOwnProperty')
}

function prototypeInheritsOf({ fn, site }: Capturing, prototype: object): object | null | undefined {
  const parent = Object.getPrototypeOf(prototype) as object | null
  if (site.isGenerator) return undefined
  if (!site.hasBase) return parent !== null && isOfObjects(parent) ? undefined : parent
  const base = Object.getPrototypeOf(fn) as { prototype?: unknown }
  return parent === (base.prototype ?? null) ? undefined : parent
}
