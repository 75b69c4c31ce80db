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

/** Properties that structured clone would silently drop. */
export function symbolKeys(record: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(record)
  if (symbols.length === 0) return symbols
  return symbols.filter((symbol) => Object.prototype.propertyIsEnumerable.call(record, symbol))
}
