import { pathToFileURL } from 'node:url'

/** The path from here to the root of the running code. The bundler moves this file and defines another. */
declare const WAY_TO_ROOT: string | undefined

/** True if this code runs from the bundles that are shipped. */
export const IS_BUNDLED: boolean = typeof WAY_TO_ROOT === 'string'

/** The place that stands for that of this code if a bundler for CommonJS left `import.meta` empty. */
const NOWHERE = pathToFileURL('/manyhands-bundled/chunks/code.js').href

/** The URL of the file with this code. Not `import.meta.url` itself: webpack would take a `new URL()` of that for an asset. */
export const OWN_FILE: string = typeof import.meta.url === 'string' ? import.meta.url : NOWHERE

/** The folder that this package runs from: `dist`, wherever this code lies in it. */
export const PACKAGE_ROOT: URL = new URL(typeof WAY_TO_ROOT === 'string' ? WAY_TO_ROOT : '../', OWN_FILE)

/** The URL of a file that workers load, by its path without extension. In the bundle each is one CommonJS file. */
export function ownFile(path: string): URL {
  return new URL(`${path}.${IS_BUNDLED ? 'cjs' : 'js'}`, PACKAGE_ROOT)
}

/**
 * Returns a value that all copies of this package in a thread share: a loader may give one copy to `require` and
 * another to `import()`.
 */
export function processWide<T extends object>(name: string, make: () => T): T {
  const key = Symbol.for(`manyhands.${name}`)
  const global = globalThis as Record<symbol, T | undefined>
  return (global[key] ??= make())
}
