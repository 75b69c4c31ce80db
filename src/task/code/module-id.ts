import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What a module is called wherever its package lies: the package's name, and the way from its folder; `node:fs` is that
 * everywhere.
 */
export function moduleId(url: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(new URL(new URL(url).pathname, 'file:'))
  const folder = packageFolder(dirname(path))
  if (folder === undefined) return basename(path)
  return `${packageName(folder)}/${relative(folder, path).split(sep).join('/')}`
}

/** The nearest folder upwards that is a package's, or a project's. */
function packageFolder(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) return undefined
  }
}

function packageName(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : basename(folder)
  } catch {
    return basename(folder)
  }
}
