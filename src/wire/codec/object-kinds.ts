/** Whether a prototype is that of a class of this name: of this realm, or of another. */
export function isNamed(prototype: object, name: string): boolean {
  return (prototype.constructor as { name?: unknown } | undefined)?.name === name
}

/** Whether a value is a plain object that another realm (a vm context, a test runner's sandbox) has made. */
export function isPlainOfOtherRealm(value: object, prototype: object): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    isNamed(prototype, 'Object') &&
    Object.prototype.toString.call(value) === '[object Object]'
  )
}

/** Whether an object has properties that structured clone would silently drop. */
export function hasSymbolKeys(record: object): boolean {
  const symbols = Object.getOwnPropertySymbols(record)
  return symbols.length > 0 && symbols.some((symbol) => Object.prototype.propertyIsEnumerable.call(record, symbol))
}
