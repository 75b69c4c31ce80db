import { join } from 'node:path'

import { messageOf } from '../../util/message-of.ts'
import { type CacheCounts, newCounts, warnOnce } from './cache-report.ts'
import { Claims, Durations } from './claims/claims.ts'
import { InFlightCalls } from './claims/in-flight-calls.ts'
import { type EntryMeta, readMeta, writeMeta } from './entry-meta.ts'
import { type Limits, prune, type Pruned } from './maintenance/prune.ts'
import type { GoneReason } from './packs/pack-index.ts'
import { CODEC, KIND, type ReadHead, stampNow } from './record.ts'
import { StoreFiles, type ScratchRecord } from './store-files.ts'
import { decodeValue, encodeValue, type StoredValue, type ValueContext } from './value-codec.ts'

/** Above this number packs are put together into fewer; at most once per `TIDY_MS`, in milliseconds. */
const MANY_PACKS = 16
const TIDY_MS = 30_000
/** Without a limit on bytes, uses of a result within this time of the last one, in milliseconds, are not written. */
const SAME_USE_MS = 60_000

/** A result that was found. */
export interface Found {
  readonly value: unknown
  readonly head: ReadHead
  readonly bytes: number
}

/** A result to be stored. */
export interface NewEntry {
  readonly key: string
  readonly meta: EntryMeta
  readonly stored: StoredValue
  /** Milliseconds for which it counts. */
  readonly ttl?: number | undefined
  /** The duration of the computation, in milliseconds. */
  readonly ms?: number | undefined
}

/** One result, described. */
export interface Listed {
  readonly key: string
  readonly meta: EntryMeta
  readonly head: ReadHead
  /** When it was last used, in milliseconds since 1970. */
  readonly used: number
}

/**
 * The results in a folder, as one thread sees them. Any number of threads and processes can use a folder at a time; each
 * sees what the others have stored.
 */
export class Store {
  readonly dir: string
  readonly claims: Claims
  readonly inFlight: InFlightCalls = new InFlightCalls()
  readonly durations: Durations = new Durations()
  readonly counts: CacheCounts = newCounts()
  limits: Limits
  readonly #files: StoreFiles
  /** The code hashes whose parts have been written. */
  readonly #codes = new Set<string>()
  #tidiedAt = -Infinity
  /** Bytes on disk, about; undefined until they are known. */
  #bytes: number | undefined

  /** `dir` is the folder that the user named; the store's own files are in `root` below it. */
  constructor(dir: string, root: string, limits: Limits) {
    this.dir = dir
    this.limits = limits
    this.#files = new StoreFiles(dir, root, limits.maxBytes ?? Infinity, () => this.counts.corrupt++)
    this.claims = new Claims(join(root, 'claims'), () => this.#files.prepare())
  }

  /** Returns the result of a key; undefined if there is none that counts and can be read. Counts broken ones. */
  get(key: string, context: ValueContext, counts: CacheCounts = this.counts): Found | undefined {
    try {
      const taken = this.#files.take(key, true)
      if (taken === undefined) return undefined
      if (taken !== 'broken') return this.#found(taken, context)
      // It would be met again and again.
      counts.corrupt++
      this.remove([key], 'corrupt')
    } catch {
      counts.corrupt++
    }
    return undefined
  }

  /** Returns the head of a result without decoding its value; undefined if there is none that counts. */
  head(key: string): ReadHead | undefined {
    try {
      const located = this.#files.locate(key)
      const head = located === undefined ? this.#headOfBlob(key) : this.#files.read(located)?.head
      return head !== undefined && this.#counts(head) ? head : undefined
    } catch {
      return undefined
    }
  }

  /** Stores a result. When this returns, all threads and processes see it. Returns false if it cannot be stored. */
  put({ key, meta, stored, ttl, ms }: NewEntry, counts: CacheCounts = this.counts): boolean {
    try {
      const now = stampNow()
      const expires = ttl === undefined ? Infinity : now + ttl
      const bytes = this.#files.put({
        ...{ kind: KIND.entry, key, stored: now, expires, meta: writeMeta(meta) },
        ...{ ...stored, ms: ms ?? 0 },
      })
      counts.stored++
      this.#grow(bytes)
      return true
    } catch (error) {
      this.cannotStore(error, counts)
      return false
    }
  }

  /** Writes the parts that the code of a function is made of, once. */
  putCode(hash: string, parts: unknown): void {
    if (this.#codes.has(hash)) return
    this.#codes.add(hash)
    try {
      if (this.#files.packs.index.codes.has(hash)) return
      this.#files.put({ kind: KIND.code, key: hash, stored: stampNow(), payload: Buffer.from(JSON.stringify(parts)) })
    } catch {
      // Only explanations need it.
    }
  }

  /** Returns the parts that the code of a function was made of, if they are known. */
  code(hash: string): unknown {
    try {
      const located = this.#files.packs.index.codes.get(hash)
      const record = located && this.#files.read(located)
      return record && (JSON.parse(record.payload.toString()) as unknown)
    } catch {
      return undefined
    }
  }

  /** Encodes a result of `name`. Returns undefined if that is not possible, which is counted, and warned about once. */
  encode(
    value: unknown,
    context: ValueContext,
    name: string,
    counts: CacheCounts = this.counts,
  ): StoredValue | undefined {
    try {
      return encodeValue(value, context)
    } catch (error) {
      counts.unstorable++
      warnOnce(`value ${this.dir} ${name}`, `results of ${name} are not cached: the result ${messageOf(error)}`)
      return undefined
    }
  }

  /** Counts something that cannot be stored, and warns about it once. */
  cannotStore(error: unknown, counts: CacheCounts = this.counts): void {
    counts.unstorable++
    warnOnce(`store ${this.dir}`, `cannot store results in the cache ${this.dir}: ${messageOf(error)}`)
  }

  /** Removes results. Returns how many there were. */
  remove(keys: readonly string[], reason: GoneReason): number {
    return this.#files.remove(keys, reason)
  }

  /** Returns the reason for which the result of a key is gone, if it is known. */
  whyGone(key: string): GoneReason | undefined {
    return this.#files.packs.index.gone.get(key)?.reason
  }

  /** All results. */
  *list(): Generator<Listed> {
    this.#files.refresh()
    for (const [key, { used }] of this.#files.packs.index.entries) yield* this.#listed(key, used)
    for (const { key, used } of this.#files.blobs.list()) yield* this.#listed(key, used)
  }

  /** Bytes on disk. */
  bytes(): number {
    return (this.#bytes = this.#files.bytes())
  }

  /** Reads all results, and removes broken ones. */
  verify(): { readonly entries: number; readonly bytes: number; readonly corrupt: readonly string[] } {
    const files = this.#files
    files.refresh()
    const keys = new Set(files.packs.index.entries.keys())
    for (const { key } of files.blobs.list()) keys.add(key)
    const corrupt = [...keys].filter((key) => files.take(key, false) === 'broken')
    this.counts.corrupt += corrupt.length
    if (corrupt.length > 0) this.remove(corrupt, 'corrupt')
    return { entries: keys.size - corrupt.length, bytes: this.bytes(), corrupt }
  }

  /** Removes results that are too old, then those used longest ago until the rest fits. `thorough`: also tidies up. */
  prune(limits: Limits = this.limits, thorough = true): Pruned {
    const files = this.#files
    files.prepare()
    files.writeUses()
    const claim = this.claims.take('prune', 'running')
    // Another process is pruning.
    if (claim === undefined) return { removed: 0, bytes: this.bytes() }
    try {
      const pruned = prune(files, limits, thorough)
      this.#bytes = pruned.bytes
      return pruned
    } finally {
      claim.release()
    }
  }

  /** Removes everything. */
  clear(): void {
    this.#files.clear()
    this.#codes.clear()
    this.#bytes = 0
  }

  /** Writes the uses so far, and releases its pack to other writers. */
  flush(): void {
    this.#files.writeUses()
    this.#files.writer.release()
  }

  #found({ head, meta, payload, buffers }: ScratchRecord, context: ValueContext): Found | undefined {
    if (!this.#counts(head)) return undefined
    // Stored with another codec it is as if it were not there.
    if ((head.codec === CODEC.own) !== (context.codec !== undefined)) return undefined
    if (context.codec !== undefined && readMeta(meta)?.codec !== context.codec.name) return undefined
    const value = decodeValue({ codec: head.codec, payload, buffers }, context)
    this.#use(head.key)
    return { value, head, bytes: head.payloadLength }
  }

  #counts({ stored, expires }: { readonly stored: number; readonly expires: number }): boolean {
    const now = Date.now()
    return expires > now && stored + (this.limits.maxAge ?? Infinity) > now
  }

  #use(key: string): void {
    const located = this.#files.packs.index.entries.get(key)
    if (located === undefined) return
    const now = Date.now()
    if (now - located.used > (this.limits.maxBytes === undefined ? SAME_USE_MS : 0)) this.#files.use(key, located, now)
  }

  #headOfBlob(key: string): ReadHead | undefined {
    return this.#files.blobs.has(key) ? this.#files.blobs.head(key) : undefined
  }

  *#listed(key: string, used: number): Generator<Listed> {
    const taken = this.#files.take(key, false)
    if (taken === undefined || taken === 'broken') return
    const meta = readMeta(taken.meta)
    if (meta !== undefined) yield { key, meta, head: taken.head, used }
  }

  #grow(bytes: number): void {
    const { maxBytes = Infinity } = this.limits
    if (maxBytes < Infinity) this.#bytes = (this.#bytes ?? this.bytes()) + bytes
    const isOver = (this.#bytes ?? 0) > maxBytes && this.bytes() > maxBytes
    const isUntidy = this.#files.packs.count > MANY_PACKS && performance.now() - this.#tidiedAt > TIDY_MS
    if (isUntidy) this.#tidiedAt = performance.now()
    if (!isOver && !isUntidy) return
    try {
      this.prune(this.limits, isUntidy)
    } catch {
      // The result itself is stored; the next one tries again.
    }
  }
}
