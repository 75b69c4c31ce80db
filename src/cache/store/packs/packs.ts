import { readdirSync } from 'node:fs'

import { statOf } from '../store-folder.ts'
import { PackIndex } from './pack-index.ts'
import { Pack, type PackName, parsePackName } from './pack.ts'

/**
 * Two changes of a folder within this time, in milliseconds, may leave it the same time stamp: it is that of the system's
 * last tick, and in a virtual machine that has to wait ticks come late.
 */
const FINE_MS = 250
/** The same for file systems that count in whole seconds. */
const COARSE_MS = 2_100

/** All packs of a folder, as far as they have been read. */
export class Packs {
  readonly folder: string
  readonly index: PackIndex
  readonly #packs = new Map<string, Pack>()
  readonly #onBroken: () => void
  readonly #uid: number | undefined
  /** Packs that are not ours. */
  readonly #refused = new Set<string>()
  /** The folder's time stamp, and when it was first seen. */
  #mtime = -1
  #seenAt = 0
  /** True if the folder was listed so late after its last change that no change can have been missed. */
  #settled = false
  #listing = ''

  /** `uid`: packs of other users are left alone. */
  constructor(folder: string, uid: number | undefined, onBroken: () => void) {
    this.folder = folder
    this.#uid = uid
    this.#onBroken = onBroken
    this.index = new PackIndex(onBroken)
  }

  get all(): Iterable<Pack> {
    return this.#packs.values()
  }

  get count(): number {
    return this.#packs.size
  }

  /** Bytes on disk. */
  get bytes(): number {
    let sum = 0
    for (const pack of this.#packs.values()) sum += pack.size
    return sum
  }

  get(id: string): Pack | undefined {
    return this.#packs.get(id)
  }

  /** Reads the records that others have appended: a few µs if there are none. `except`: the store's own pack. */
  refresh(except?: Pack): void {
    const mtime = statOf(this.folder)?.mtimeMs ?? 0
    const now = performance.now()
    if (mtime !== this.#mtime) {
      this.#mtime = mtime
      this.#seenAt = now
      this.#settled = false
    }
    if (!this.#settled) {
      this.relist()
      this.#settled = now - this.#seenAt > (mtime % 1_000 === 0 ? COARSE_MS : FINE_MS)
    }
    for (const pack of this.#packs.values()) {
      if (pack.isOpen && pack !== except && pack.size > pack.scanned) pack.scan(this.index)
    }
  }

  /** Lists the folder until two lists in a row are the same: one alone may miss what is renamed meanwhile. */
  relist(): void {
    for (;;) {
      const files = this.#files()
      const listing = files.join('/')
      if (listing === this.#listing) break
      this.#listing = listing
      this.#read(files)
    }
    const ids = new Set(this.#listing.split('/').map((file) => file.slice(0, file.indexOf('.'))))
    for (const pack of this.#packs.values()) if (!ids.has(pack.id)) this.#drop(pack)
  }

  close(): void {
    for (const pack of this.#packs.values()) pack.close()
    this.#packs.clear()
  }

  #files(): string[] {
    try {
      return readdirSync(this.folder).sort()
    } catch {
      // Nothing has been stored yet, or everything was removed.
      return []
    }
  }

  #read(files: readonly string[]): void {
    for (const file of files) {
      const name = parsePackName(file)
      if (name === undefined || this.#refused.has(name.id)) continue
      const known = this.#packs.get(name.id)
      if (known?.name.file === file) continue
      try {
        const pack = known ?? this.#open(name)
        if (pack === undefined) continue
        pack.name = name
        pack.scan(this.index)
      } catch (error) {
        // Renamed or removed since: read the folder again, even if its list looks the same. Packs that cannot be read
        // for other reasons are ignored.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#listing = ''
      }
    }
  }

  #open(name: PackName): Pack | undefined {
    const pack = new Pack(this.folder, name)
    if (this.#uid === undefined || pack.uid === this.#uid) {
      this.#packs.set(name.id, pack)
      return pack
    }
    pack.close()
    this.#refused.add(name.id)
    this.#onBroken()
    return undefined
  }

  #drop(pack: Pack): void {
    this.#packs.delete(pack.id)
    this.index.drop(pack)
    pack.close()
  }
}
