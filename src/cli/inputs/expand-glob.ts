import { isAbsolute } from 'node:path'

import { glob } from 'tinyglobby'

import { usageError } from '../command-error.ts'

/** The files that a pattern matches, by the code units of their paths. Dot names only where the pattern has the dot. */
export async function expandGlob(pattern: string): Promise<string[]> {
  const files = await glob(pattern, {
    absolute: isAbsolute(pattern),
    dot: false,
    expandDirectories: false,
    followSymbolicLinks: false,
    onlyFiles: true,
  })
  if (files.length === 0) throw usageError(`no files match "${pattern}"; for the text itself use --literal`)
  // oxlint-disable-next-line unicorn/no-array-sort -- by code units is what is wanted
  return files.sort()
}
