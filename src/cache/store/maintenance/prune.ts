import type { Blob, Blobs } from '../blobs/blobs.ts'
import { goneRecord, type Located } from '../packs/pack-index.ts'
import { stampNow } from '../record.ts'
import type { StoreFiles } from '../store-files.ts'
import { compact } from './compact.ts'

/** The share of the limit that is left after pruning, so that the next result does not prune again. */
const LEFT_SHARE = 0.9

/** The limits of a store. */
export interface Limits {
  /** Bytes on disk. */
  readonly maxBytes?: number | undefined
  /** Milliseconds since a result was stored. */
  readonly maxAge?: number | undefined
}

/** The outcome of pruning. */
export interface Pruned {
  /** Results that were removed. */
  readonly removed: number
  /** Bytes that the store takes now. */
  readonly bytes: number
}

/** A result in a pack or in a file of its own. */
interface Candidate {
  readonly key: string
  readonly bytes: number
  readonly used: number
  readonly blob: Blob | undefined
}

/**
 * Removes results that are too old, then those that were used longest ago until the rest fits. `thorough`: also puts small
 * packs together, and drops all records that no longer count.
 */
export function prune(files: StoreFiles, limits: Limits, thorough: boolean): Pruned {
  const { packs, blobs, writer } = files
  files.refresh()
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
  // Others still write the packs that hold these results: tell them that the results are gone.
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
    // Broken results go first.
    yield { ...blob, stored: head?.stored ?? 0, expires: head?.expires ?? 0, blob }
  }
}

function blobBytes(candidatesKept: readonly Candidate[]): number {
  return candidatesKept.reduce((sum, { blob, bytes }) => sum + (blob === undefined ? 0 : bytes), 0)
}
