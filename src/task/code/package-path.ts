import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep, basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of a package or project. */
interface Root {
  readonly folder: string
  /** Empty if it has none. */
  readonly name: string
}

const roots = new Map<string, Root | undefined>()

/**
 * Returns a file's path from the root of its package, or else from the folder of another file: `lib/flat.ts`. The same
 * wherever these lie.
 */
export function packagePath(url: string, beside: string = url): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const folder =
    rootOf(dirname(path))?.folder ?? (beside.startsWith('file:') ? dirname(fileURLToPath(beside)) : undefined)
  return folder === undefined ? path : relative(folder, path).replaceAll(sep, '/')
}

/** Returns the path with the package's name, so that it differs between packages. */
export function packageFile(url: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const root = rootOf(dirname(path))
  return root === undefined ? path : `${root.name}/${packagePath(url)}`
}

function rootOf(folder: string): Root | undefined {
  if (roots.has(folder)) return roots.get(folder)
  const parent = dirname(folder)
  const file = join(folder, 'package.json')
  const root = existsSync(file) ? { folder, name: nameIn(file) } : parent === folder ? undefined : rootOf(parent)
  roots.set(folder, root)
  return root
}

function nameIn(file: string): string {
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : ''
  } catch {
    return ''
  }
}

/**
 * Returns the id of a module, wherever its package lies: the package's name, and the path from its folder. `node:fs` is
 * its own id.
 */
export function moduleId(url: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(new URL(new URL(url).pathname, 'file:'))
  const root = rootOf(dirname(path))
  if (root === undefined) return basename(path)
  return `${root.name || basename(root.folder)}/${relative(root.folder, path).replaceAll(sep, '/')}`
}
