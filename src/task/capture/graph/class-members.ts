import { pickMembers } from '../../../wire/codec/exact-objects.ts'
import type { FunctionSite } from '../syntax/function-site.ts'
import type { Capture, Capturing } from './capturing.ts'

/**
 * Collects static members that evaluating the class again does not make, or not with their present values.
 *
 * Fields that the class declares and that cannot be sent are left out: evaluating the class gives them their first
 * value.
 */
export function addedStatics(capture: Capture, { fn, site }: Capturing): object | undefined {
  const canTravel = (value: unknown): boolean => capture.options.canTravel(capture, value)
  return pickMembers(fn, (key, descriptor) => {
    const { value } = descriptor
    if (key === 'length' || key === 'prototype' || (key === 'name' && typeof value === 'string')) return false
    if (isMadeByClass(site, true, key, descriptor)) return false
    return !isDeclared(site, key) || ('value' in descriptor && canTravel(value))
  })
}

/** Returns true for a method or accessor that is still the one that the class declares. */
export function isMadeByClass(
  site: FunctionSite,
  isStatic: boolean,
  key: string | symbol,
  { value, get, set }: PropertyDescriptor,
): boolean {
  const functions = [value as unknown, get, set].filter((one) => one !== undefined)
  return (
    functions.length > 0 &&
    functions.every((one) => {
      if (typeof one !== 'function') return false
      const text = Function.prototype.toString.call(one)
      return membersAt(site, isStatic, key).some((member) => member.text.includes(text))
    })
  )
}

/** Returns true for a static member that the class may make itself when it is evaluated. */
function isDeclared(site: FunctionSite, key: string | symbol): boolean {
  return membersAt(site, true, key).length > 0
}

function membersAt({ members }: FunctionSite, isStatic: boolean, key: string | symbol): FunctionSite['members'] {
  return members.filter((one) => one.isStatic === isStatic && (one.name === undefined || one.name === key))
}
