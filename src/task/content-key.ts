import { canonicalHash } from './canonical/canonical-hash.ts'

/** The key of an input by its content: equal inputs have equal keys, in every process and on every Node version. */
export function contentKey(input: unknown): string {
  try {
    return `sha256:${canonicalHash(input).toString('hex')}`
  } catch {
    // What cannot be hashed cannot be recognised later either; an error about it must not fail for that.
    return 'unhashable'
  }
}
