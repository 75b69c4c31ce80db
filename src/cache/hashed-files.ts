import { fileDigest } from '../util/digest.ts'
import { collectFiles } from '../wire/values/file-input.ts'

/** Digests of files by their paths: those that counted in a hash. */
export type HashedFiles = ReadonlyMap<string, string>

/** The files behind a hash. Hashes are kept and used again, so that the files stay with them. */
const files = new WeakMap<Buffer, HashedFiles>()

/** Makes a hash, and notes the files whose contents count in it. */
export function notingFiles(make: () => Buffer): Buffer {
  const read = new Map<string, string>()
  const hash = collectFiles(read, make)
  if (read.size > 0) files.set(hash, read)
  return hash
}

/** Returns the files behind some hashes; undefined if there are none. */
export function filesBehind(hashes: readonly (Buffer | undefined)[]): HashedFiles | undefined {
  let all: Map<string, string> | undefined
  for (const hash of hashes) {
    const some = hash && files.get(hash)
    if (some !== undefined) all = new Map([...(all ?? []), ...some])
  }
  return all
}

/** Adds the files behind other hashes to a hash that was made of them. */
export function withFilesOf(hash: Buffer, others: readonly (Buffer | undefined)[]): Buffer {
  const all = filesBehind(others)
  if (all !== undefined) files.set(hash, new Map([...(files.get(hash) ?? []), ...all]))
  return hash
}

/**
 * Returns a file whose content is not the one that was hashed. The result of a call that may have read it must not be
 * stored under the hash.
 */
export function changedFile(hashed: HashedFiles | undefined): string | undefined {
  for (const [path, digest] of hashed ?? []) {
    try {
      if (fileDigest(path) !== digest) return path
    } catch {
      return path
    }
  }
  return undefined
}
