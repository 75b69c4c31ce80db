import { type Stats, statSync } from 'node:fs'

/** What the system says of a file; undefined where there is none, and where a part of its path is no folder. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}
