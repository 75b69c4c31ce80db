import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const CONDITIONS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default'])

/** Resolves a specifier as `import.meta.resolve` in another file, which the runtime's own cannot do. */
export function resolveFrom(url: string, specifier: string): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`
  if (/^(?:\.{0,2}\/|[a-z][\w+.-]*:)/i.test(specifier)) return real(new URL(specifier, url))
  const [, name = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? []
  const folder = packageFolder(dirname(fileURLToPath(url)), name)
  const target = folder && targetIn(folder, rest)
  return real(pathToFileURL(target ?? createRequire(url).resolve(specifier)))
}

/** Follows symbolic links as the loader does. */
function real(url: URL): string {
  try {
    const path = fileURLToPath(url)
    return realpathSync(path) === path ? url.href : pathToFileURL(realpathSync(path)).href + url.search + url.hash
  } catch {
    return url.href
  }
}

function packageFolder(from: string, name: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(from)
  return parent === from ? undefined : packageFolder(parent, name)
}

function targetIn(folder: string, rest: string): string | undefined {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports?: unknown }
  if (exports === undefined || exports === null) return rest === '' ? undefined : join(folder, rest)
  const map = isSubpaths(exports) ? exports : { '.': exports }
  const target = matching(map, `.${rest}`)
  return target === undefined ? undefined : join(folder, target)
}

function isSubpaths(exports: unknown): exports is Record<string, unknown> {
  return typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'))
}

function matching(map: Record<string, unknown>, subpath: string): string | undefined {
  if (Object.hasOwn(map, subpath)) return byCondition(map[subpath])
  for (const [pattern, target] of Object.entries(map)) {
    const [before = '', after] = pattern.split('*')
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue
    const middle = subpath.slice(before.length, subpath.length - after.length)
    return byCondition(target)?.replaceAll('*', middle)
  }
  return undefined
}

function byCondition(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (Array.isArray(target)) return target.map(byCondition).find((one) => one !== undefined)
  if (typeof target !== 'object' || target === null) return undefined
  for (const [condition, inner] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? byCondition(inner) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
