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

/** So many packs are put together into fewer, but not more often than that, in milliseconds. */
const MANY_PACKS = 16
const TIDY_MS = 30_000
/** A use so shortly after the one that is written down, in milliseconds, says nothing new. */
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
  /** What it took to compute, in milliseconds. */
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
 * Results in a folder, as one thread sees it. Any number of threads and processes use a folder at a time; what one has
 * stored all see.
 */
export class Store {
  readonly dir: string
  readonly claims: Claims
  readonly inFlight: InFlightCalls = new InFlightCalls()
  readonly durations: Durations = new Durations()
  readonly counts: CacheCounts = newCounts()
  limits: Limits
  readonly #shelves: StoreFiles
  /** Functions of which it has been written what their code is made of. */
  readonly #codes = new Set<string>()
  #tidiedAt = -Infinity
  /** Bytes on disk, about; undefined where it is not known. */
  #bytes: number | undefined

  /** `dir` is the folder that the user named; the store's own files are in `root` below it. */
  constructor(dir: string, root: string, limits: Limits) {
    this.dir = dir
    this.limits = limits
    this.#shelves = new StoreFiles(dir, root, limits.maxBytes ?? Infinity, () => this.counts.corrupt++)
    this.claims = new Claims(join(root, 'claims'), () => this.#shelves.prepare())
  }

  /** The result of a key; undefined where there is none that counts and can be read. Counts what is broken. */
  get(key: string, context: ValueContext, counts: CacheCounts = this.counts): Found | undefined {
    try {
      const taken = this.#shelves.take(key, true)
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

  /** What is known of a result without making it; undefined where there is none that counts. */
  head(key: string): ReadHead | undefined {
    try {
      const located = this.#shelves.locate(key)
      const head = located === undefined ? this.#headOfBlob(key) : this.#shelves.read(located)?.head
      return head !== undefined && this.#counts(head) ? head : undefined
    } catch {
      return undefined
    }
  }

  /** Stores a result. When this returns, everybody sees it. False where it cannot be stored. */
  put({ key, meta, stored, ttl, ms }: NewEntry, counts: CacheCounts = this.counts): boolean {
    try {
      const now = stampNow()
      const expires = ttl === undefined ? Infinity : now + ttl
      const bytes = this.#shelves.put({
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

  /** Keeps of what the code of a function is made, once. */
  putCode(hash: string, parts: unknown): void {
    if (this.#codes.has(hash)) return
    this.#codes.add(hash)
    try {
      if (this.#shelves.packs.index.codes.has(hash)) return
      this.#shelves.put({ kind: KIND.code, key: hash, stored: stampNow(), payload: Buffer.from(JSON.stringify(parts)) })
    } catch {
      // Only explanations need it.
    }
  }

  /** Of what the code of a function is made, where it is known. */
  code(hash: string): unknown {
    try {
      const located = this.#shelves.packs.index.codes.get(hash)
      const record = located && this.#shelves.read(located)
      return record && (JSON.parse(record.payload.toString()) as unknown)
    } catch {
      return undefined
    }
  }

  /** Makes bytes of a result of `name`. Where that cannot be it is undefined, counted, and said once. */
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

  /** Something cannot be stored: counted, and said once. */
  cannotStore(error: unknown, counts: CacheCounts = this.counts): void {
    counts.unstorable++
    warnOnce(`store ${this.dir}`, `cannot store results in the cache ${this.dir}: ${messageOf(error)}`)
  }

  /** Removes results. Returns how many there were. */
  remove(keys: readonly string[], reason: GoneReason): number {
    return this.#shelves.remove(keys, reason)
  }

  /** Why the result of a key is gone, where that is known. */
  whyGone(key: string): GoneReason | undefined {
    return this.#shelves.packs.index.gone.get(key)?.reason
  }

  /** All results. */
  *list(): Generator<Listed> {
    this.#shelves.refresh()
    for (const [key, { used }] of this.#shelves.packs.index.entries) yield* this.#listed(key, used)
    for (const { key, used } of this.#shelves.blobs.list()) yield* this.#listed(key, used)
  }

  /** Bytes on disk. */
  bytes(): number {
    return (this.#bytes = this.#shelves.bytes())
  }

  /** Reads all, and removes what is broken. */
  verify(): { readonly entries: number; readonly bytes: number; readonly corrupt: readonly string[] } {
    const shelves = this.#shelves
    shelves.refresh()
    const keys = new Set(shelves.packs.index.entries.keys())
    for (const { key } of shelves.blobs.list()) keys.add(key)
    const corrupt = [...keys].filter((key) => shelves.take(key, false) === 'broken')
    this.counts.corrupt += corrupt.length
    if (corrupt.length > 0) this.remove(corrupt, 'corrupt')
    return { entries: keys.size - corrupt.length, bytes: this.bytes(), corrupt }
  }

  /** Removes what is too old, and what was used longest ago until the rest fits. `thorough`: tidies up, too. */
  prune(limits: Limits = this.limits, thorough = true): Pruned {
    const shelves = this.#shelves
    shelves.prepare()
    shelves.writeUses()
    const claim = this.claims.take('prune', 'running')
    // Somebody else does it.
    if (claim === undefined) return { removed: 0, bytes: this.bytes() }
    try {
      const pruned = prune(shelves, limits, thorough)
      this.#bytes = pruned.bytes
      return pruned
    } finally {
      claim.release()
    }
  }

  /** Removes everything. */
  clear(): void {
    this.#shelves.clear()
    this.#codes.clear()
    this.#bytes = 0
  }

  /** Writes down what it has in hand, and lets others have its pack. */
  flush(): void {
    this.#shelves.writeUses()
    this.#shelves.writer.release()
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
    const located = this.#shelves.packs.index.entries.get(key)
    if (located === undefined) return
    const now = Date.now()
    if (now - located.used > (this.limits.maxBytes === undefined ? SAME_USE_MS : 0))
      this.#shelves.use(key, located, now)
  }

  #headOfBlob(key: string): ReadHead | undefined {
    return this.#shelves.blobs.has(key) ? this.#shelves.blobs.head(key) : undefined
  }

  *#listed(key: string, used: number): Generator<Listed> {
    const taken = this.#shelves.take(key, false)
    if (taken === undefined || taken === 'broken') return
    const meta = readMeta(taken.meta)
    if (meta !== undefined) yield { key, meta, head: taken.head, used }
  }

  #grow(bytes: number): void {
    const { maxBytes = Infinity } = this.limits
    if (maxBytes < Infinity) this.#bytes = (this.#bytes ?? this.bytes()) + bytes
    const isOver = (this.#bytes ?? 0) > maxBytes && this.bytes() > maxBytes
    const isUntidy = this.#shelves.packs.count > MANY_PACKS && performance.now() - this.#tidiedAt > TIDY_MS
    if (isUntidy) this.#tidiedAt = performance.now()
    if (!isOver && !isUntidy) return
    try {
      this.prune(this.limits, isUntidy)
    } catch {
      // What was to be stored is; the next one tries again.
    }
  }
}
