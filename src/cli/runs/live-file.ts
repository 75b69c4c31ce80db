import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

import type { RunningTask } from '../../pool/workers/running-tasks.ts'
import { boundedLive, type Live, type LiveTask, parseLive } from '../../view/live.ts'
import { runFolder } from './run-record.ts'

/** Milliseconds between two looks at whether someone watches, and between two writes. */
const EACH_MS = 1_000
/** Someone watches if `watch` was touched within this many milliseconds. */
const WATCHED_MS = 5_000
/** Age, in milliseconds, from which on it tells nothing of now. */
const STALE_MS = 5_000
/** Characters of an input that are shown, at most. */
const SHOWN = 200
const INSPECT = { depth: 3, maxArrayLength: 50, maxStringLength: SHOWN, breakLength: Infinity, customInspect: false }
/** Bytes that are read, at most. */
const LONGEST = 256 * 1_024

/**
 * Writes what a run does to `live.json` in its folder, each second and whole or not at all, only while someone watches:
 * touches the file `watch` there.
 */
export class LiveFile {
  readonly #folder: string
  readonly #look: () => Promise<Live>
  readonly #timer: NodeJS.Timeout
  #isWritten = false
  #isBusy = false
  #isOpen = true
  /** The time at which `watch` was touched last, by the clock of its file system, and when that was noticed. */
  #touched: number | undefined
  #noticedAt = -Infinity

  /** `look` is called when there is something to write. */
  constructor(run: string, look: () => Promise<Live>) {
    this.#folder = runFolder(run)
    this.#look = look
    this.#timer = setInterval(() => void this.#tick(), EACH_MS).unref()
  }

  /** Called when the run is over. */
  close(): void {
    this.#isOpen = false
    clearInterval(this.#timer)
    for (const name of this.#isWritten ? ['live.json', 'watch'] : []) rmSync(join(this.#folder, name), { force: true })
  }

  async #tick(): Promise<void> {
    if (this.#isBusy || !this.#isWatched()) return
    this.#isBusy = true
    try {
      const live = await this.#look()
      if (!this.#isOpen) return
      const file = join(this.#folder, 'live.json')
      writeFileSync(`${file}.new`, JSON.stringify(boundedLive(live)), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      this.#isWritten = true
    } catch {
      // A disk that is full, or a folder that is gone, must not disturb the run.
    } finally {
      this.#isBusy = false
    }
  }

  #isWatched(): boolean {
    const touched = statSync(join(this.#folder, 'watch'), { throwIfNoEntry: false })?.mtimeMs
    if (touched === undefined) return false
    // The clock of the file system may be another: only changes of the time count, but for the first look.
    const isNew = this.#touched === undefined ? Math.abs(Date.now() - touched) < WATCHED_MS : touched !== this.#touched
    this.#touched = touched
    if (isNew) this.#noticedAt = performance.now()
    return performance.now() - this.#noticedAt < WATCHED_MS
  }
}

/** Tells a run that someone watches, for the next five seconds. Without a folder that can be written nothing happens. */
export function touchWatch(run: string): void {
  const file = join(runFolder(run), 'watch')
  try {
    const now = new Date()
    if (statSync(file, { throwIfNoEntry: false }) === undefined) closeSync(openSync(file, 'a', 0o600))
    utimesSync(file, now, now)
  } catch {
    // A folder that cannot be written, such as that of another user: the run is shown as far as its log tells.
  }
}

/** Reads what a run does just now; undefined if that is not known. */
export function readLive(run: string): Live | undefined {
  const file = join(runFolder(run), 'live.json')
  try {
    const stat = statSync(file)
    if (!stat.isFile() || stat.size > LONGEST) return undefined
    const live = parseLive(readFileSync(file, 'utf8'))
    return live !== undefined && Math.abs(Date.now() - live.at) < STALE_MS ? live : undefined
  } catch {
    return undefined
  }
}

/** Shows running tasks, as far as that is quick: an input may be very large. */
export function liveTasks(tasks: readonly RunningTask[]): LiveTask[] {
  return tasks.map(({ slot, index, input, attempt, step, since }) => {
    return { slot, task: index, input: shown(input), step, since, attempt }
  })
}

/** Shows an input as JSON if it is small, else as far as it can be shown at once. */
function shown(input: unknown): string {
  if (typeof input === 'string') return input.slice(0, SHOWN)
  const text = inspect(input, INSPECT)
  if (text.length > SHOWN) return text.slice(0, SHOWN)
  try {
    return JSON.stringify(input) ?? text
  } catch {
    return text
  }
}
