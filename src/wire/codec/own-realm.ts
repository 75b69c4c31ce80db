import { types } from 'node:util'
import { runInThisContext } from 'node:vm'

/**
 * True if this code runs in a context of its own, as test runners make one for each file: the engine makes messages of
 * objects of the main one, which are not `instanceof` the classes that this code and its callers see.
 */
export const IS_IN_CONTEXT: boolean = runInThisContext('Object') !== Object

const MAIN = runInThisContext('Object.prototype') as object

/** Returns true for a function that another context than the main one has made. */
export function isOfOtherContext(fn: unknown): boolean {
  let top: unknown = fn
  for (let next: unknown = fn; next !== null; next = Object.getPrototypeOf(next)) top = next
  return top !== MAIN && top !== fn && Object.hasOwn(top as object, 'isPrototypeOf')
}

/** Globals of the language that messages are made of. */
const NAMES = [
  ['Date', types.isDate],
  ['RegExp', types.isRegExp],
  ['Map', types.isMap],
  ['Set', types.isSet],
  ['ArrayBuffer', types.isArrayBuffer],
  ['SharedArrayBuffer', types.isSharedArrayBuffer],
  ['DataView', types.isDataView],
  ['Number', types.isNumberObject],
  ['String', types.isStringObject],
  ['Boolean', types.isBooleanObject],
  ['BigInt', types.isBigIntObject],
] as const

/** Makes all objects in a message, which nothing else refers to yet, objects of this context. Returns the message. */
export function inOwnRealm<T>(message: T): T {
  return IS_IN_CONTEXT ? adopt(message) : message
}

/** As {@link inOwnRealm}, in any context. */
export function adopt<T>(message: T): T {
  const open: unknown[] = [message]
  const seen = new Set<object>()
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    const prototype = prototypeFor(value)
    if (prototype !== undefined && prototype !== Object.getPrototypeOf(value)) Object.setPrototypeOf(value, prototype)
    if (ArrayBuffer.isView(value)) open.push(value.buffer)
    else if (types.isMap(value)) for (const entry of value) open.push(...entry)
    else if (types.isSet(value)) open.push(...value)
    else for (const key of Object.keys(value)) open.push(Object.getOwnPropertyDescriptor(value, key)?.value)
  }
  return message
}

function prototypeFor(value: object): object | undefined {
  if (Array.isArray(value)) return Array.prototype
  if (ArrayBuffer.isView(value) && !types.isDataView(value))
    return Buffer.isBuffer(value) ? undefined : prototypeOf(value[Symbol.toStringTag as never])
  const known = NAMES.find(([, is]) => is(value))
  if (known !== undefined) return prototypeOf(known[0])
  return isPlain(value) ? Object.prototype : undefined
}

function prototypeOf(name: string): object | undefined {
  return (Reflect.get(globalThis, name) as { prototype?: object } | undefined)?.prototype
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  )
}
