import { fstatSync } from 'node:fs'
import { type FileHandle, realpath } from 'node:fs/promises'

import { type FilePlace, isSameVersion, versionOf } from '../../rows/file-range.ts'

/**
 * A file whose last change is younger, in milliseconds, may change once more without another time of its change: file
 * systems tell times in steps, some of seconds.
 */
const SETTLED_MS = 3_000
/** Names below these mean another file in each process. */
const OF_ONE_PROCESS = /^\/(?:proc|dev)\//

/** Returns the place of the bytes that have been read up to now, which begin at an offset. */
export type PlaceOf = (offset: number) => FilePlace | undefined

/**
 * Makes what tells where bytes of an open file are, for other processes that read them again. It tells nothing as soon as
 * the file is not as it was when it was opened; undefined if it could not tell.
 */
export async function placesIn(handle: FileHandle, path: string): Promise<PlaceOf | undefined> {
  try {
    const version = versionOf(await handle.stat())
    if (Date.now() - version.modified < SETTLED_MS) return undefined
    const file = await realpath(path)
    if (OF_ONE_PROCESS.test(file)) return undefined
    return (offset) => (isSameVersion(version, versionOf(fstatSync(handle.fd))) ? { file, version, offset } : undefined)
  } catch {
    // It was renamed or deleted.
    return undefined
  }
}
