import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'

/** `*`, `?`, `[a-z]`, `{a,b}`, `{1..3}`, `+(a|b)` */
const GLOB = /[*?]|\[[^\]]+\]|\{[^}]*(?:,|\.\.)[^}]*\}|[@!+]\([^)]*\)/

/** True for a text that stands for the files that it matches. A file may be called `[id].ts`. */
export function isPattern(text: string): boolean {
  return GLOB.test(text) && !existsSync(text)
}

/**
 * Lists the files that a pattern matches, sorted by the code units of their paths. Names with a leading dot match only if
 * the pattern has the dot.
 */
export async function matchFiles(pattern: string): Promise<string[]> {
  const { glob } = await import('tinyglobby')
  const found = await glob(pattern, {
    absolute: isAbsolute(pattern),
    dot: false,
    expandDirectories: false,
    followSymbolicLinks: false,
    onlyFiles: true,
  })
  // oxlint-disable-next-line unicorn/no-array-sort -- by code units is what is wanted
  return found.sort()
}
