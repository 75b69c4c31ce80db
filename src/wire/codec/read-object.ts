import { messageOf } from '../../util/message-of.ts'
import { Unsendable } from './unsendable.ts'

/** Reads a property. If reading throws, returns a text that says so. */
export function readProperty(from: Record<string, unknown>, key: string): unknown {
  try {
    return from[key]
  } catch (error) {
    return `[uncloneable: reading it threw ${messageOf(error)}]`
  }
}

/**
 * Reads a property of a value to be sent.
 *
 * @throws {Unsendable} if it cannot be read.
 */
export function readOrRefuse(from: Record<string, unknown>, key: string): unknown {
  try {
    return from[key]
  } catch (error) {
    throw new Unsendable(from, `cannot be read: its property "${key}" threw ${messageOf(error)}`)
  }
}

/** Returns true for the prototype of a class with this name, of this realm or another. */
export function isNamed(prototype: object, name: string): boolean {
  return (prototype.constructor as { name?: unknown } | undefined)?.name === name
}

/** Returns true for a plain object that another realm (a vm context, a test runner's sandbox) has made. */
export function isPlainOfOtherRealm(value: object, prototype: object): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    isNamed(prototype, 'Object') &&
    Object.prototype.toString.call(value) === '[object Object]'
  )
}

/** Returns the symbol properties, which structured clone would silently drop. */
export function symbolKeys(record: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(record)
  if (symbols.length === 0) return symbols
  return symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(record, symbol))
}

/** Returns a text that names a symbol in every thread; undefined for a symbol that exists in this thread only. */
export function nameOfSymbol(symbol: symbol): string | undefined {
  const key = Symbol.keyFor(symbol)
  if (key !== undefined) return `for ${key}`
  const name = Object.getOwnPropertyNames(Symbol).find((one) => Reflect.get(Symbol, one) === symbol)
  return name === undefined ? undefined : `Symbol.${name}`
}

/** Returns the symbol that a text names. */
export function symbolOfName(name: string): symbol {
  if (name.startsWith('for ')) return Symbol.for(name.slice(4))
  return Reflect.get(Symbol, name.slice('Symbol.'.length)) as symbol
}
