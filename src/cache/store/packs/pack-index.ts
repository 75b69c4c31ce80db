import { KIND, type ReadHead, readRecord, unpackKeys, type NewRecord, NO_HASH, packKeys, stampNow } from '../record.ts'
import type { Pack, PackReader } from './pack.ts'

/** The location of a result, and the times that decide how long it stays. */
export interface Located {
  readonly pack: Pack
  readonly offset: number
  readonly length: number
  readonly stored: number
  readonly expires: number
  /** When it was last used, in milliseconds since 1970. */
  used: number
}

/** Why a result is gone. */
export type GoneReason = 'evicted' | 'corrupt' | 'forgotten'

export const GONE_REASONS: readonly GoneReason[] = ['evicted', 'corrupt', 'forgotten']

/** No more keys of results that are gone are remembered. */
const MAX_GONE = 10_000

/** The newest location of each key in the packs. */
export class PackIndex implements PackReader {
  readonly entries: Map<string, Located> = new Map()
  /** The locations of code parts, by code hash. */
  readonly codes: Map<string, Located> = new Map()
  /** Results that are gone: until when, and why. Older ones that lie somewhere do not count. */
  readonly gone: Map<string, { readonly at: number; readonly reason: GoneReason }> = new Map()
  readonly #onBroken: () => void

  constructor(onBroken: () => void) {
    this.#onBroken = onBroken
  }

  broken(): void {
    this.#onBroken()
  }

  /** Takes in a record, which this store has just appended, or a scan has found. */
  record(pack: Pack, head: ReadHead, offset: number, bytes: Buffer): void {
    switch (head.kind) {
      case KIND.entry:
        return this.#put(this.entries, pack, head, offset)
      case KIND.code:
        return this.#put(this.codes, pack, head, offset)
      case KIND.gone:
      case KIND.used:
        return this.#list(head.kind, bytes)
    }
  }

  /** The result of a key does not count any more, if it was stored before. */
  remove(key: string, at: number, reason: GoneReason): void {
    const known = this.entries.get(key)
    if (known !== undefined && known.stored <= at) this.entries.delete(key)
    // The newest last.
    this.gone.delete(key)
    this.gone.set(key, { at, reason })
    if (this.gone.size > MAX_GONE) this.gone.delete(this.gone.keys().next().value as string)
  }

  used(key: string, at: number): void {
    const known = this.entries.get(key)
    if (known !== undefined && known.used < at) known.used = at
  }

  /** Forgets a pack that was removed. Its results lie in another by now, or are gone. */
  drop(pack: Pack): void {
    for (const map of [this.entries, this.codes])
      for (const [key, located] of map) if (located.pack === pack) map.delete(key)
  }

  #put(map: Map<string, Located>, pack: Pack, head: ReadHead, offset: number): void {
    const { key, stored, expires, length } = head
    const known = map.get(key)
    // After packs were put together the same result may lie in two of them.
    if (known !== undefined && known.stored > stored) return
    const gone = this.gone.get(key)
    if (gone !== undefined && map === this.entries) {
      if (gone.at >= stored) return
      this.gone.delete(key)
    }
    const used = Math.max(stored, known?.used ?? 0)
    map.set(key, { pack, offset, length, stored, expires, used })
  }

  #list(kind: number, bytes: Buffer): void {
    const record = readRecord(bytes)
    if (record === undefined) return this.#onBroken()
    const reason = GONE_REASONS[record.meta[0] ?? 0] ?? 'evicted'
    for (const [key, at] of unpackKeys(record.payload)) {
      if (kind === KIND.used) this.used(key, at)
      else this.remove(key, at, reason)
    }
  }
}

/** Says of keys until when, and why, their results do not count any more. */
export function goneRecord(reason: GoneReason, keys: Iterable<readonly [key: string, at: number]>): NewRecord {
  const meta = Buffer.from([GONE_REASONS.indexOf(reason)])
  return { kind: KIND.gone, key: NO_HASH, stored: stampNow(), meta, payload: packKeys(keys) }
}
