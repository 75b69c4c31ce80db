import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const resolver = createRequire(new URL('../../../bench/peers/package.json', import.meta.url))

/** Imports one of the pools that are compared with. */
export async function importPeer<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(resolver.resolve(name)).href)) as T
}
