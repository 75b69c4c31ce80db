import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { lazyCrypto } from '../../../util/digest.ts'
import { ownerText, ownOwner } from '../claims/owner.ts'
import { type NewRecord, readHead, type ReadHead, writeRecord } from '../record.ts'
import { freePackName, type Pack, parsePackName } from './pack.ts'
import type { Packs } from './packs.ts'

/** Writers that release their packs when this thread ends. */
const open = new Set<PackWriter>()
let listening = false

/** A pack of another machine is left alone for this long, in milliseconds, after it was last written. */
const ABANDONED_MS = 24 * 3_600_000
/** A writer that has paused for this long, in milliseconds, releases its pack: another may have taken it over. */
const TRUSTED_MS = 3_600_000

/** Appends records to a pack of its own: a free one that has room, or a new one. */
export class PackWriter {
  readonly #packs: Packs
  readonly #maxBytes: number
  #pack: Pack | undefined
  #fd = -1
  #end = 0
  #wroteAt = 0

  constructor(packs: Packs, maxBytes: number) {
    this.#packs = packs
    this.#maxBytes = maxBytes
  }

  /** The pack that it writes. */
  get pack(): Pack | undefined {
    return this.#pack
  }

  /**
   * Appends a record. When this returns, every process sees it.
   *
   * @throws the system's error if the record cannot be written; then no part of it counts.
   */
  append(record: NewRecord): number {
    const bytes = writeRecord(record)
    for (;;) {
      if (Date.now() - this.#wroteAt > TRUSTED_MS) this.release()
      const pack = this.#pack ?? this.#begin()
      if (pack === undefined) continue
      const offset = this.#end
      this.#write(bytes, offset)
      this.#wroteAt = Date.now()
      // Another process has cleared the store, and no one would find this pack: begin again.
      if (fstatSync(this.#fd).nlink === 0) {
        this.#drop()
        continue
      }
      this.#end += bytes.length
      pack.scanned = this.#end
      this.#packs.index.record(pack, readHead(bytes) as ReadHead, offset, bytes)
      if (this.#end >= this.#maxBytes) this.release()
      return bytes.length
    }
  }

  /** Releases the pack, for others to append to. */
  release(): void {
    const pack = this.#pack
    if (pack === undefined) return
    const name = freePackName(pack.id, this.#end)
    this.#drop()
    try {
      renameSync(join(this.#packs.folder, pack.name.file), join(this.#packs.folder, name.file))
      pack.name = name
    } catch {
      // It was removed, or the folder is read-only by now: the next one to open it sees that its owner is gone.
    }
  }

  #drop(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
    this.#pack = undefined
    open.delete(this)
  }

  /** Bytes are never written over, since others may be reading them. A record that was cut off stays behind. */
  #write(bytes: Buffer, offset: number): void {
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#fd, bytes, done, bytes.length - done, offset + done)
    } catch (error) {
      const file = this.#pack?.name.file
      if (offset === 0 && file !== undefined) rmSync(join(this.#packs.folder, file), { force: true })
      this.release()
      throw error
    }
  }

  /** Returns the pack to write; undefined if another process has cleared the store meanwhile. */
  #begin(): Pack | undefined {
    mkdirSync(this.#packs.folder, { recursive: true, mode: 0o700 })
    this.#packs.relist()
    const pack = this.#adopt() ?? this.#create()
    if (pack === undefined) {
      closeSync(this.#fd)
      this.#fd = -1
      return undefined
    }
    this.#pack = pack
    this.#wroteAt = Date.now()
    if (!listening) process.once('exit', releaseAll)
    listening = true
    open.add(this)
    return pack
  }

  /** Takes a free pack that has room; the rename shows who was first. One that ends with part of a record is left alone. */
  #adopt(): Pack | undefined {
    const { folder, index } = this.#packs
    for (const pack of this.#packs.all) {
      if (!isFreePack(pack) || pack.size !== pack.scanned || pack.size > this.#maxBytes / 2) continue
      if (!takePack(this.#packs, pack)) continue
      // Its last owner may have written more.
      pack.scan(index)
      this.#end = pack.scanned
      this.#pack = pack
      if (pack.size === pack.scanned && this.#open(join(folder, pack.name.file))) return pack
      this.release()
    }
    return undefined
  }

  /** Returns false if another process has cleared the store meanwhile. */
  #open(path: string): boolean {
    try {
      this.#fd = openSync(path, 'r+')
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  #create(): Pack | undefined {
    const id = newPackId()
    const file = `${id}.${ownerText(ownOwner())}.open`
    this.#fd = openSync(join(this.#packs.folder, file), 'wx', 0o600)
    this.#end = 0
    this.#packs.relist()
    return this.#packs.get(id)
  }
}

/** Times come first, so that packs are listed by age. */
export function newPackId(): string {
  return `${Date.now().toString(36)}${lazyCrypto().randomBytes(6).toString('hex')}`
}

/** Tells if a pack has no writer any more. */
export function isFreePack(pack: Pack): boolean {
  const { owner } = pack.name
  if (owner === undefined) return true
  if (!pack.isTaken) return true
  return owner.host !== ownOwner().host && Date.now() - pack.writtenAt > ABANDONED_MS
}

/** Takes over a free pack. Returns false if another writer was quicker. */
export function takePack(packs: Packs, pack: Pack): boolean {
  const file = `${pack.id}.${ownerText(ownOwner())}.open`
  try {
    renameSync(join(packs.folder, pack.name.file), join(packs.folder, file))
  } catch {
    return false
  }
  const name = parsePackName(file)
  if (name !== undefined) pack.name = name
  return true
}

function releaseAll(): void {
  for (const writer of open) writer.release()
}
