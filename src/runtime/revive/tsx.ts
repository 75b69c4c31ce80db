import { pathToFileURL } from 'node:url'

import type { Namespace } from './import-from.ts'
import { resolveFrom } from './resolve-from.ts'

interface EsmApi {
  register(): unknown
  tsImport(specifier: string, parent: string): Promise<Namespace>
}

interface CommonjsApi {
  register(): unknown
}

let registered: Promise<boolean> | undefined
const importedByTsx = new Map<string, Promise<Namespace>>()

/**
 * Enables TypeScript in this thread through the tsx of the project that a file belongs to. Returns false if it has
 * none.
 */
export async function registerTsx(url: string): Promise<boolean> {
  registered ??= register(url)
  const done = await registered
  // Another project may have it.
  if (!done) registered = undefined
  return done
}

/**
 * Imports a module that the runtime has failed to load, with everything that it imports, through tsx. Returns
 * `undefined` if the project has no tsx. The runtime remembers its failures, so registering tsx now would not help.
 */
export async function importThroughTsx(specifier: string, from: string): Promise<Namespace | undefined> {
  const esm = await api<EsmApi>(from, 'tsx/esm/api')
  if (esm === undefined) return undefined
  const key = `${specifier}\n${from}`
  let namespace = importedByTsx.get(key)
  if (namespace === undefined) importedByTsx.set(key, (namespace = esm.tsImport(specifier, from)))
  return namespace
}

async function register(url: string): Promise<boolean> {
  const esm = await api<EsmApi>(url, 'tsx/esm/api')
  if (esm === undefined) return false
  esm.register()
  const commonjs = await api<CommonjsApi>(url, 'tsx/cjs/api')
  commonjs?.register()
  return true
}

async function api<T>(url: string, name: string): Promise<T | undefined> {
  for (const from of [url, ...ownTsx()]) {
    let resolved: string
    try {
      resolved = resolveFrom(from, name)
    } catch {
      continue
    }
    return (await import(resolved)) as T
  }
  return undefined
}

/** Returns the tsx that runs this program, if it is not the project's: `npx tsx`, or a global installation. */
function ownTsx(): string[] {
  const options = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(' ')]
  const path = options.find((option) => /[\\/]tsx[\\/]dist[\\/]/.test(option))?.replace(/^--[a-z-]+=/, '')
  if (path === undefined) return []
  return [path.startsWith('file:') ? path : pathToFileURL(path).href]
}
