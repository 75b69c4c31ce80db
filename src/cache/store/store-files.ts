import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { Blobs } from './blobs/blobs.ts'
import { goneRecord, type GoneReason, type Located } from './packs/pack-index.ts'
import { PackWriter } from './packs/pack-writer.ts'
import { Packs } from './packs/packs.ts'
import { HEAD_BYTES, KIND, type NewRecord, NO_HASH, packKeys, readRecord, type ReadRecord, stampNow } from './record.ts'
import { prepareFolder } from './store-folder.ts'

/** Larger records get a file of their own, in bytes. */
const SMALL = 32 * 1024
/** The most that a pack grows to, in bytes. */
const MAX_PACK = 64 << 20
/** Pause between looks for records of other writers while results are found here, in milliseconds. */
const NEWS_MS = 20
/** Uses to collect before they are written as one record. */
const USES_PER_RECORD = 256

/** A whole record as it was read. Its bytes count only until the next one is read. */
export type ScratchRecord = ReadRecord

/** The files of a store: small records in packs, large ones in files of their own. */
export class StoreFiles {
  readonly packs: Packs
  readonly blobs: Blobs
  readonly writer: PackWriter
  readonly #dir: string
  readonly #root: string
  readonly #scratch = Buffer.allocUnsafeSlow(SMALL)
  readonly #uses = new Map<string, number>()
  #prepared = false
  #newsAt = -Infinity

  constructor(dir: string, root: string, maxBytes: number, onBroken: () => void) {
    this.#dir = dir
    this.#root = root
    const uid = process.getuid?.()
    this.packs = new Packs(join(root, 'packs'), uid, onBroken)
    this.blobs = new Blobs(join(root, 'blobs'), uid)
    this.writer = new PackWriter(this.packs, Math.min(MAX_PACK, Math.max(SMALL * 2, maxBytes / 8)))
  }

  /**
   * Returns the record of a result; `'broken'` if it is not as it was written. `touch` notes that it was used, so that it is
   * not the first to be evicted.
   */
  take(key: string, touch: boolean): ScratchRecord | 'broken' | undefined {
    const located = this.locate(key)
    if (located !== undefined) return own(this.read(located), key)
    const record = this.blobs.read(key, touch)
    return record === 'broken' || record === undefined ? record : own(record, key)
  }

  /** Returns the location of a small result, also of one that another process has stored just now. */
  locate(key: string): Located | undefined {
    const { entries } = this.packs.index
    const known = entries.get(key)
    const now = performance.now()
    if (known !== undefined && now - this.#newsAt < NEWS_MS) return known
    this.refresh()
    this.#newsAt = now
    return entries.get(key)
  }

  /** Reads the records that others have written. */
  refresh(): void {
    this.packs.refresh(this.writer.pack)
  }

  read({ pack, offset, length }: Located): ScratchRecord | undefined {
    const bytes = length <= this.#scratch.length ? this.#scratch.subarray(0, length) : Buffer.allocUnsafe(length)
    return pack.read(bytes, offset, length) ? readRecord(bytes) : undefined
  }

  /** Writes a record. When this returns, all threads and processes see it. Returns its bytes. */
  put(record: NewRecord): number {
    this.prepare()
    const bytes = HEAD_BYTES + (record.meta?.length ?? 0) + (record.payload?.length ?? 0)
    if (record.kind !== KIND.entry || (bytes <= SMALL && record.buffers === undefined)) {
      this.writer.append(record)
      return bytes
    }
    const written = this.blobs.write(record)
    // The small one that it had before would be found first.
    if (this.locate(record.key) !== undefined) this.#tellGone([record.key], 'forgotten')
    return written
  }

  /** Removes results. Returns how many there were. */
  remove(keys: readonly string[], reason: GoneReason): number {
    // Without it results that others removed up to NEWS_MS ago would be counted again.
    this.refresh()
    const { entries } = this.packs.index
    const there = keys.filter((key) => entries.has(key) || this.blobs.has(key))
    for (const key of there) this.blobs.remove(key)
    if (there.length > 0) this.#tellGone(there, reason)
    return there.length
  }

  /** A small result was used. */
  use(key: string, located: Located, at: number): void {
    located.used = at
    this.#uses.set(key, at)
    if (this.#uses.size >= USES_PER_RECORD) this.writeUses()
  }

  /** Writes the uses so far. If the store cannot be written, nothing is evicted either: then uses do not count. */
  writeUses(): void {
    if (this.#uses.size === 0) return
    const payload = packKeys(this.#uses)
    this.#uses.clear()
    try {
      this.put({ kind: KIND.used, key: NO_HASH, stored: stampNow(), payload })
    } catch {
      // As above.
    }
  }

  /** Bytes on disk. */
  bytes(): number {
    this.refresh()
    let sum = this.packs.bytes
    for (const { bytes } of this.blobs.list()) sum += bytes
    return sum
  }

  /** Removes all files, also those that others are writing. */
  clear(): void {
    this.writer.release()
    // Not the folders: others may be about to write into them.
    for (const file of filesIn(this.#root)) rmSync(file, { force: true })
    this.packs.relist()
    this.packs.index.gone.clear()
    this.#uses.clear()
  }

  prepare(): void {
    if (this.#prepared) return
    prepareFolder(this.#dir, this.#root)
    this.#prepared = true
  }

  #tellGone(keys: readonly string[], reason: GoneReason): void {
    const now = stampNow()
    for (const key of keys) this.packs.index.remove(key, now, reason)
    this.put(
      goneRecord(
        reason,
        keys.map((key) => [key, now]),
      ),
    )
  }
}

/** All files that are in a folder at this moment. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function own(record: ScratchRecord | undefined, key: string): ScratchRecord | 'broken' {
  return record?.head.key === key ? record : 'broken'
}
