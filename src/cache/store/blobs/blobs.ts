import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'

import { ownerText, ownOwner } from '../claims/owner.ts'
import { HEAD_BYTES, type NewRecord, readHead, type ReadHead, type ReadRecord } from '../record.ts'
import { statOf } from '../store-folder.ts'
import { readBlob, writeBlob } from './blob-file.ts'

/** A temporary file that has not been touched for this long, in milliseconds, was left over by a writer that died. */
const LEFTOVER_MS = 3_600_000
/** Separates the key from the owner in the name of a temporary file. */
const TEMPORARY = '.new-'

/** A large result, as it lies there. */
export interface Blob {
  readonly key: string
  readonly path: string
  readonly bytes: number
  /** When it was last used, in milliseconds since 1970. */
  readonly used: number
}

let lastTemporary = 0

/** Large results, a file each. The time of a file's last change is when it was last used. */
export class Blobs {
  readonly #folder: string
  readonly #uid: number | undefined

  /** `uid`: files of other users are left alone. */
  constructor(folder: string, uid: number | undefined) {
    this.#folder = folder
    this.#uid = uid
  }

  has(key: string): boolean {
    return statOf(this.#path(key)) !== undefined
  }

  /** The record of a result. `'broken'`: it is not as it was written, or not ours. `touch`: note that it was used. */
  read(key: string, touch: boolean): ReadRecord | 'broken' | undefined {
    const path = this.#path(key)
    if (statOf(path) === undefined) return undefined
    const fd = openIfThere(path)
    if (fd === undefined) return undefined
    try {
      if (this.#uid !== undefined && fstatSync(fd).uid !== this.#uid) return 'broken'
      const record = readBlob(fd)
      if (touch) touchFile(fd)
      return record ?? 'broken'
    } finally {
      closeSync(fd)
    }
  }

  /** Returns the head of a result; undefined if there is none that can be read. */
  head(key: string): ReadHead | undefined {
    try {
      const fd = openSync(this.#path(key), 'r')
      try {
        const bytes = Buffer.alloc(HEAD_BYTES)
        readSync(fd, bytes, 0, HEAD_BYTES, 0)
        return readHead(bytes)
      } finally {
        closeSync(fd)
      }
    } catch {
      return undefined
    }
  }

  /** Writes a result; it appears as a whole. Returns its bytes. */
  write(record: NewRecord): number {
    const path = this.#path(record.key)
    for (;;) {
      const temporary = `${path}${TEMPORARY}${ownerText(ownOwner())}-${++lastTemporary}`
      const bytes = this.#writeNew(temporary, record)
      try {
        renameSync(temporary, path)
        return bytes
      } catch (error) {
        // Another process has cleared the store meanwhile: begin again.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
  }

  #writeNew(temporary: string, record: NewRecord): number {
    const fd = this.#create(temporary)
    try {
      return writeBlob(fd, record)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(fd)
    }
  }

  remove(key: string): void {
    if (this.has(key)) rmSync(this.#path(key), { force: true })
  }

  /** Lists all large results. Removes temporary files of writers that died. */
  *list(): Generator<Blob> {
    for (const folder of listFolder(this.#folder)) {
      for (const file of listFolder(join(this.#folder, folder))) {
        const path = join(this.#folder, folder, file)
        const stat = statOf(path)
        if (stat === undefined || !stat.isFile()) continue
        if (!file.includes(TEMPORARY)) yield { key: file, path, bytes: stat.size, used: stat.mtimeMs }
        else if (Date.now() - stat.mtimeMs > LEFTOVER_MS) rmSync(path, { force: true })
      }
    }
  }

  #create(path: string): number {
    try {
      return openSync(path, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
      return openSync(path, 'wx', 0o600)
    }
  }

  #path(key: string): string {
    return join(this.#folder, key.slice(0, 2), key)
  }
}

/** Opens a file; undefined if it was removed a moment ago. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function touchFile(fd: number): void {
  try {
    const now = Date.now() / 1_000
    futimesSync(fd, now, now)
  } catch {
    // It is read-only, so that no one will remove it either.
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
