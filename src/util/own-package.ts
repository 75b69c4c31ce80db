/** The path from here to the root of the running code. The bundler moves this file and defines another. */
declare const WAY_TO_ROOT: string | undefined

/** True if this code runs from the bundles that are shipped. */
export const IS_BUNDLED: boolean = typeof WAY_TO_ROOT === 'string'

/** The folder that this package runs from: `dist`, wherever this code lies in it. */
export const PACKAGE_ROOT: URL = new URL(typeof WAY_TO_ROOT === 'string' ? WAY_TO_ROOT : '../', import.meta.url)

/**
 * Returns a value that all copies of this package in a thread share: a loader may give one copy to `require` and
 * another to `import()`.
 */
export function processWide<T extends object>(name: string, make: () => T): T {
  const key = Symbol.for(`manyhands.${name}`)
  const global = globalThis as Record<symbol, T | undefined>
  return (global[key] ??= make())
}
