import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A module as seen from the working directory. */
export function displayName(url: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const near = relative(process.cwd(), path)
  return (near.startsWith('..') || isAbsolute(near) ? path : near).replaceAll(sep, '/')
}
