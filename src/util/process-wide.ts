/**
 * A value that all copies of this package in a thread share: a loader may give one copy to `require` and another to
 * `import()`.
 */
export function processWide<T extends object>(name: string, make: () => T): T {
  const key = Symbol.for(`manyhands.${name}`)
  const global = globalThis as Record<symbol, T | undefined>
  return (global[key] ??= make())
}
