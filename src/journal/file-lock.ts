import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { runningHolder, thisProcess } from '../util/running-process.ts'

/** A lock file that names the process that uses another file. It is taken over from a process that is gone. */
export class FileLock {
  readonly #path: string
  #held = true
  readonly #onExit = (): void => this.release()

  private constructor(path: string) {
    this.#path = path
    process.on('exit', this.#onExit)
  }

  /** Takes the lock of a file. Returns the id of the process that has it, if one does. */
  static take(file: string): FileLock | number {
    const path = `${realPath(file)}.lock`
    const own = JSON.stringify(thisProcess())
    for (;;) {
      if (create(path, own)) return new FileLock(path)
      const holder = runningHolder(path)
      if (holder !== undefined) return holder.pid
      removeStale(path)
    }
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    process.off('exit', this.#onExit)
    rmSync(this.#path, { force: true })
  }
}

/** Creates the file with its content in one step, if it does not exist. */
function create(path: string, content: string): boolean {
  const own = `${path}.${randomUUID()}`
  try {
    writeFileSync(own, content, { mode: 0o600, flag: 'wx' })
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Removes a stale lock. Of two that find it the second may move away the new lock of the first: that is put back. */
function removeStale(path: string): void {
  const moved = `${path}.${randomUUID()}.stale`
  try {
    renameSync(path, moved)
  } catch {
    // Another process was quicker.
    return
  }
  if (runningHolder(moved) !== undefined) {
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
