import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { nearestName } from '../../util/nearest-name.ts'

/** Finds the file that was probably meant by a path that does not exist: one with a similar name in its folder. */
export async function nearestFile(path: string): Promise<string | undefined> {
  const folder = dirname(path)
  try {
    const nearest = nearestName(basename(path), await readdir(folder))
    return nearest === undefined
      ? undefined
      : path.startsWith('./')
        ? `./${join(folder, nearest)}`
        : join(folder, nearest)
  } catch {
    return undefined
  }
}
