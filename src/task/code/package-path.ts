import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Root {
  readonly folder: string
  readonly name: string
}

const roots = new Map<string, Root | undefined>()

/** A file's path from the root of its package: `lib/flat.ts`. The same wherever the package lies. */
export function packagePath(url: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const root = rootOf(dirname(path))
  return root === undefined ? path : relative(root.folder, path).replaceAll(sep, '/')
}

/** The same with the package's name, so that it is another for each package. */
export function packageFile(url: string): string {
  if (!url.startsWith('file:')) return url
  const root = rootOf(dirname(fileURLToPath(url)))
  return `${root?.name ?? ''}/${packagePath(url)}`
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
