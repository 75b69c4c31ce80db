import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { goneRecord, GONE_REASONS, type Located } from '../packs/pack-index.ts'
import { isFreePack, newPackId, takePack } from '../packs/pack-writer.ts'
import { freePackName, type Pack } from '../packs/pack.ts'
import type { Packs } from '../packs/packs.ts'
import { HEAD_BYTES, KIND, NO_HASH, packKeys, stampNow, writeRecord } from '../record.ts'
import { statOf } from '../store-folder.ts'

/** New packs are not made larger than this, in bytes. */
const MAX_BYTES = 64 << 20
/** Packs smaller than this, in bytes, are worth putting together. */
const SMALL = 1 << 20
/** The ending of a pack that is being written, and its age in milliseconds after which its writer must have died. */
const TEMPORARY = '.new'
const LEFTOVER_MS = 3_600_000
/** Keys of results that are gone take at most this share of the store's limit. */
const GONE_SHARE = 0.05

/**
 * Copies the records that count to new packs, and removes the old ones: packs of which more than `deadShare` is dead, and
 * with `merge` small ones. Readers find the new pack before the old one is gone. Packs that have a writer are left alone.
 * Returns true if any was written.
 */
export function compact(packs: Packs, deadShare: number, merge: boolean, maxBytes: number): boolean {
  const chosen = choose(packs, deadShare, merge)
  // They may have grown before they were taken.
  for (const pack of chosen) pack.scan(packs.index)
  const live = liveByPack(packs)
  const output = new Output(packs, maxBytes)
  for (const pack of chosen) for (const located of live.get(pack) ?? []) output.copy(located)
  if (chosen.length > 0) output.finish()
  for (const pack of chosen) rmSync(join(packs.folder, pack.name.file), { force: true })
  removeLeftovers(packs.folder)
  packs.relist()
  return chosen.length > 0
}

function choose(packs: Packs, deadShare: number, merge: boolean): Pack[] {
  const live = liveByPack(packs)
  const free = [...packs.all].filter(isFreePack)
  const small = free.filter(({ size }) => size < SMALL).length
  return free.filter((pack) => {
    const { size } = pack
    const dead = size - (live.get(pack) ?? []).reduce((sum, { length }) => sum + length, 0)
    const isDead = dead === size || (dead > deadShare * size && dead > HEAD_BYTES * 2)
    return (isDead || (merge && size < SMALL && small > 1)) && takePack(packs, pack)
  })
}

/** Removes packs whose writers died before they were complete. */
function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return
  for (const file of readdirSync(folder)) {
    const path = join(folder, file)
    const written = file.endsWith(TEMPORARY) ? statOf(path)?.mtimeMs : undefined
    if (written !== undefined && Date.now() - written > LEFTOVER_MS) rmSync(path, { force: true })
  }
}

function liveByPack({ index }: Packs): Map<Pack, Located[]> {
  const live = new Map<Pack, Located[]>()
  for (const located of [...index.entries.values(), ...index.codes.values()]) {
    const list = live.get(located.pack)
    if (list === undefined) live.set(located.pack, [located])
    else list.push(located)
  }
  for (const list of live.values()) list.sort((a, b) => a.offset - b.offset)
  return live
}

/** New packs: each is written as a whole before readers can see it. */
class Output {
  readonly #packs: Packs
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #bytes = 0
  #used: [string, number][] = []
  #toldGone = false

  constructor(packs: Packs, maxBytes: number) {
    this.#packs = packs
    this.#maxBytes = maxBytes
  }

  copy({ pack, offset, length, stored, used }: Located): void {
    const bytes = Buffer.allocUnsafe(length)
    if (!pack.read(bytes, offset, length)) return
    this.#parts.push(bytes)
    this.#bytes += length
    if (used > stored) this.#used.push([bytes.toString('hex', 48, 80), used])
    if (this.#bytes >= MAX_BYTES) this.finish()
  }

  finish(): void {
    if (!this.#toldGone) this.#tellGone()
    if (this.#used.length > 0)
      this.#parts.push(
        writeRecord({ kind: KIND.used, key: NO_HASH, stored: stampNow(), payload: packKeys(this.#used) }),
      )
    if (this.#parts.length === 0) return
    const id = newPackId()
    const temporary = join(this.#packs.folder, `${id}${TEMPORARY}`)
    const bytes = Buffer.concat(this.#parts)
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' })
    try {
      renameSync(temporary, join(this.#packs.folder, freePackName(id, bytes.length).file))
    } catch (error) {
      // Another process has cleared the store meanwhile: this pack goes with it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    this.#parts = []
    this.#bytes = 0
    this.#used = []
  }

  /** Keys that are gone must stay gone, even if an older copy of their results lies in a pack that was left alone. */
  #tellGone(): void {
    this.#toldGone = true
    const room = Math.floor((this.#maxBytes * GONE_SHARE) / 40)
    const newest = [...this.#packs.index.gone].slice(-Math.min(room, 10_000))
    for (const reason of GONE_REASONS) {
      const keys = newest.filter(([, gone]) => gone.reason === reason).map(([key, { at }]) => [key, at] as const)
      if (keys.length > 0) this.#parts.push(writeRecord(goneRecord(reason, keys)))
    }
  }
}
