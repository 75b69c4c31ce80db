import { isAbsolute, resolve } from 'node:path'

import { glob } from 'tinyglobby'

import { usageError } from '../command-error.ts'

/**
 * The files that a pattern matches, by the code units of their paths. Dot names only where the
 * pattern has the dot. `except`: the file that results go to, which is none of them.
 */
export async function expandGlob(pattern: string, except?: string): Promise<string[]> {
  const found = await glob(pattern, {
    absolute: isAbsolute(pattern),
    dot: false,
    expandDirectories: false,
    followSymbolicLinks: false,
    onlyFiles: true,
  })
  const files = except === undefined ? found : found.filter((file) => resolve(file) !== resolve(except))
  if (files.length === 0) throw usageError(`no files match "${pattern}"; for the text itself use --literal`)
  // oxlint-disable-next-line unicorn/no-array-sort -- by code units is what is wanted
  return files.sort()
}
