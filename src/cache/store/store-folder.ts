import { type Stats, statSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { InvalidArgumentError } from '../../errors/argument-errors.ts'

/** Returns the stats of a file; undefined if there is none, or if part of its path is a file. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * Checks the folder of a cache, if it exists.
 *
 * @throws {InvalidArgumentError} if it is a file, or another user's: who can write it decides what functions return.
 */
export function checkFolder(dir: string, root: string): void {
  for (const folder of [dir, root]) {
    const stat = statOf(folder)
    if (stat === undefined) continue
    if (!stat.isDirectory())
      throw new InvalidArgumentError('dir', 'a folder for the cache', `${folder}, which is a file`)
    const uid = process.getuid?.()
    if (uid !== undefined && stat.uid !== uid) {
      throw new InvalidArgumentError(
        'dir',
        'a folder of your own: whoever can write the cache decides what your functions return. Use another, or chown it',
        `${folder}, which belongs to user ${stat.uid} (you are ${uid})`,
      )
    }
  }
}

/** Makes the folder of a cache: only its owner can read it, and it does not go into a repository. */
export function prepareFolder(dir: string, root: string): void {
  const isNew = !existsSync(dir)
  mkdirSync(root, { recursive: true, mode: 0o700 })
  checkFolder(dir, root)
  const ignore = join(dir, '.gitignore')
  if (isNew) writeFileSync(ignore, '*\n', { mode: 0o600 })
}
