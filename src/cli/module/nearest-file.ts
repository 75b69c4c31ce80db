import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { nearestName } from '../../util/nearest-name.ts'

/** The file beside a path that does not exist which its writer probably meant. */
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
