import type { Blob, Blobs } from '../blobs/blobs.ts'
import { goneRecord, type Located } from '../packs/pack-index.ts'
import { stampNow } from '../record.ts'
import type { StoreFiles } from '../store-files.ts'
import { compact } from './compact.ts'

/** Where a store is over its limit, this share of it is left, so that the next result does not prune it again. */
const LEFT_SHARE = 0.9

/** What was done. */
export interface Pruned {
  /** Results that were removed. */
  readonly removed: number
  /** Bytes that the store takes now. */
  readonly bytes: number
}

/** One result, wherever it lies. */
interface Candidate {
  readonly key: string
  readonly bytes: number
  readonly used: number
  readonly blob: Blob | undefined
}

/**
 * Removes what is too old, then what was used longest ago until the rest fits. `thorough`: puts small packs together, too,
 * and drops all that does not count any more.
 */
export function prune(shelves: StoreFiles, limits: Limits, thorough: boolean): Pruned {
  const { packs, blobs, writer } = shelves
  shelves.refresh()
  const { index } = packs
  const now = stampNow()
  const kept: Candidate[] = []
  const leaving: Candidate[] = []
  for (const candidate of candidates(index.entries, blobs)) {
    const { stored, expires } = candidate
    const isOld = expires <= now || stored + (limits.maxAge ?? Infinity) <= now
    ;(isOld ? leaving : kept).push(candidate)
  }
  const { maxBytes = Infinity } = limits
  let bytes = kept.reduce((sum, candidate) => sum + candidate.bytes, 0)
  if (bytes > maxBytes || (maxBytes < Infinity && packs.bytes + blobBytes(kept) > maxBytes)) {
    kept.sort((a, b) => a.used - b.used)
    let next = 0
    while (bytes > maxBytes * LEFT_SHARE && next < kept.length) bytes -= (kept[next++] as Candidate).bytes
    leaving.push(...kept.splice(0, next))
  }
  for (const { key, blob } of leaving) {
    index.remove(key, now, 'evicted')
    if (blob !== undefined) blobs.remove(key)
  }
  const isTight = packs.bytes + blobBytes(kept) > maxBytes
  writer.release()
  const isWritten = compact(packs, isTight || thorough ? 0 : 0.5, thorough, maxBytes)
  // All lies in packs that others write: they shall know that it does not count any more.
  if (!isWritten && leaving.length > 0)
    writer.append(
      goneRecord(
        'evicted',
        leaving.map(({ key }) => [key, now]),
      ),
    )
  return { removed: leaving.length, bytes: packs.bytes + blobBytes(kept) }
}

function* candidates(
  entries: ReadonlyMap<string, Located>,
  blobs: Blobs,
): Generator<Candidate & { readonly stored: number; readonly expires: number }> {
  for (const [key, { length, used, stored, expires }] of entries)
    yield { key, bytes: length, used, stored, expires, blob: undefined }
  for (const blob of blobs.list()) {
    const head = blobs.head(blob.key)
    // What is broken goes first.
    yield { ...blob, stored: head?.stored ?? 0, expires: head?.expires ?? 0, blob }
  }
}

function blobBytes(candidatesKept: readonly Candidate[]): number {
  return candidatesKept.reduce((sum, { blob, bytes }) => sum + (blob === undefined ? 0 : bytes), 0)
}

/** How much a store keeps. */
export interface Limits {
  /** Bytes on disk. */
  readonly maxBytes?: number | undefined
  /** Milliseconds since a result was stored. */
  readonly maxAge?: number | undefined
}
