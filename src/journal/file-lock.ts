import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Who holds a lock. `started` tells a process from a later one of the same number, where the system says it. */
interface Holder {
  readonly pid: number
  readonly started: string | null
}

/** A file that says which process uses another file. It is taken over from processes that are gone. */
export class FileLock {
  readonly #path: string
  #held = true
  readonly #onExit = (): void => this.release()

  private constructor(path: string) {
    this.#path = path
    process.on('exit', this.#onExit)
  }

  /** Takes the lock for a file. Returns the number of the process that has it, where one does. */
  static take(file: string): FileLock | number {
    const path = `${file}.lock`
    const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder)
    for (;;) {
      if (create(path, own)) return new FileLock(path)
      const holder = holderOf(path)
      if (holder !== undefined && isAlive(holder)) return holder.pid
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

function holderOf(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    return typeof holder.pid === 'number' ? { pid: holder.pid, started: holder.started ?? null } : undefined
  } catch {
    return undefined
  }
}

/** Makes the file with its content in one step, if there is none. */
function create(path: string, content: string): boolean {
  const own = `${path}.${process.pid}`
  try {
    writeFileSync(own, content, { mode: 0o600 })
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Of two that find the same stale lock the second may move away the new one of the first: that is put back. */
function removeStale(path: string): void {
  const moved = `${path}.${process.pid}.stale`
  try {
    renameSync(path, moved)
  } catch {
    // Somebody else was quicker.
    return
  }
  const holder = holderOf(moved)
  if (holder !== undefined && isAlive(holder)) {
    try {
      linkSync(moved, path)
    } catch {
      // There is a newer one.
    }
  }
  rmSync(moved, { force: true })
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return started === null || started === startOf(pid)
}

/** When a process started, in the system's own terms; null where it does not say. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    // The name, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')
    return fields[19] ?? null
  } catch {
    return null
  }
}
