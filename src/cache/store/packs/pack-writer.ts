import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { lazyCrypto } from '../../../util/digest.ts'
import { ownerText, ownOwner } from '../claims/owner.ts'
import { type NewRecord, readHead, type ReadHead, writeRecord } from '../record.ts'
import { freePackName, type Pack, parsePackName } from './pack.ts'
import type { Packs } from './packs.ts'

/** Writers whose packs are to be given free when this thread ends. */
const open = new Set<PackWriter>()
let listening = false

/** A pack that nobody here can ask about is left alone for so long, in milliseconds, after it was last written. */
const ABANDONED_MS = 24 * 3_600_000
/** Its writer looks so often, in milliseconds, whether it is still its own. */
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
   * @throws the system's error where it cannot be written; then nothing of it is there.
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
      // Somebody has cleared the store: nobody would ever find it.
      if (fstatSync(this.#fd).nlink === 0) {
        this.#let()
        continue
      }
      this.#end += bytes.length
      pack.scanned = this.#end
      this.#packs.index.record(pack, readHead(bytes) as ReadHead, offset, bytes)
      if (this.#end >= this.#maxBytes) this.release()
      return bytes.length
    }
  }

  /** Gives the pack free, for others to append to. */
  release(): void {
    const pack = this.#pack
    if (pack === undefined) return
    const name = freePackName(pack.id, this.#end)
    this.#let()
    try {
      renameSync(join(this.#packs.folder, pack.name.file), join(this.#packs.folder, name.file))
      pack.name = name
    } catch {
      // It was removed, or the folder is read-only by now: whoever finds it open sees that its owner is gone.
    }
  }

  #let(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
    this.#pack = undefined
    open.delete(this)
  }

  /** Nothing is ever written over: others may be reading it. What was begun and not finished stays behind. */
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

  /** Undefined where somebody has cleared the store meanwhile. */
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
      // Whoever had it may have written more.
      pack.scan(index)
      this.#end = pack.scanned
      this.#pack = pack
      if (pack.size === pack.scanned && this.#open(join(folder, pack.name.file))) return pack
      this.release()
    }
    return undefined
  }

  /** False where somebody has cleared the store meanwhile. */
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

/** Whether nobody writes a pack any more. */
export function isFreePack(pack: Pack): boolean {
  const { owner } = pack.name
  if (owner === undefined) return true
  if (!pack.isTaken) return true
  return owner.host !== ownOwner().host && Date.now() - pack.writtenAt > ABANDONED_MS
}

/** Makes a free pack one's own. False where somebody else was quicker. */
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
