import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { atExit } from '../util/at-exit.ts'
import { keepLease, leaseHolder } from '../util/lease-file.ts'
import { thisProcess } from '../util/running-process.ts'

/**
 * A lock file that names the process that uses another file. It is taken over from a process that is gone: one that this
 * process cannot look up, on another machine or in another container, once it has been silent for a minute.
 */
export class FileLock {
  readonly #path: string
  readonly #content: string
  readonly #endLease: () => void
  #held = true
  readonly #forget: () => void

  private constructor(path: string, content: string) {
    this.#path = path
    this.#content = content
    this.#endLease = keepLease(path, content)
    this.#forget = atExit(() => this.release())
  }

  /** Takes the lock of a file. Returns the id of the process that has it, if one does. */
  static take(file: string): FileLock | number {
    const path = `${realPath(file)}.lock`
    const own = JSON.stringify(thisProcess())
    for (;;) {
      const now = create(path, own)
      if (now === undefined) return new FileLock(path, own)
      const holder = leaseHolder(path, now)
      if (holder !== undefined) return holder.pid
      removeStale(path, now)
    }
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    this.#endLease()
    this.#forget()
    // Another one may have taken it over while this process was frozen.
    if (isContent(this.#path, this.#content)) rmSync(this.#path, { force: true })
  }
}

function isContent(path: string, content: string): boolean {
  try {
    return readFileSync(path, 'utf8') === content
  } catch {
    return false
  }
}

/**
 * Creates the file with its content in one step. Returns the time by the clock of the file system if it exists already.
 */
function create(path: string, content: string): number | undefined {
  const own = `${path}.${randomUUID()}`
  try {
    writeFileSync(own, content, { mode: 0o600, flag: 'wx' })
    linkSync(own, path)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return statSync(own).mtimeMs
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Removes a stale lock. Of two that find it the second may move away the new lock of the first: that is put back. */
function removeStale(path: string, now: number): void {
  const moved = `${path}.${randomUUID()}.stale`
  try {
    renameSync(path, moved)
  } catch {
    // Another process was quicker.
    return
  }
  if (leaseHolder(moved, now) !== undefined) {
    try {
      linkSync(moved, path)
    } catch {
      // There is a newer one.
    }
  }
  rmSync(moved, { force: true })
}

/** A file may have several names. */
function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    // The file does not exist yet.
    return existsSync(dirname(file)) ? join(realpathSync(dirname(file)), basename(file)) : file
  }
}
