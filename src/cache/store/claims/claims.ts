import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { statOf } from '../store-folder.ts'
import { isAlive, ownerText, ownOwner, parseOwner } from './owner.ts'

/** A holder on another machine that has been silent for this long, in milliseconds, is taken for dead. */
const LEASE_MS = 15_000
/** A file that is still empty is being written; not for longer than this, in milliseconds. */
const WRITING_MS = 2_000

/** Something that this thread holds. */
export interface Claim {
  release(): void
}

/** The state of a claimed call: `running` is being computed, `queued` waits for a worker. */
export type ClaimState = 'running' | 'queued'

let lastStale = 0

/** Files that tell which thread computes which call, so that others wait for it. Only speed depends on them. */
export class Claims {
  readonly #folder: string
  readonly #prepare: () => void
  readonly #held = new Set<string>()
  #heart: NodeJS.Timeout | undefined

  /** `prepare` makes the parent folder. */
  constructor(folder: string, prepare: () => void) {
    this.#folder = folder
    this.#prepare = prepare
  }

  /** Claims a call. Undefined if another thread has it. If claims cannot be written, every thread gets every call. */
  take(name: string, state: ClaimState): Claim | undefined {
    const path = join(this.#folder, name)
    for (;;) {
      try {
        create(path, `${ownerText(ownOwner())} ${state}`)
        return this.#hold(path)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'ENOENT' && this.#makeFolder()) continue
        if (code !== 'EEXIST') return { release: () => {} }
        if (!removeStale(path)) return undefined
      }
    }
  }

  /** Returns the state that another thread has written; undefined if no thread that may be alive has the claim. */
  look(name: string): ClaimState | undefined {
    const path = join(this.#folder, name)
    const stat = statOf(path)
    if (stat === undefined || isStale(path)) return undefined
    return stateIn(path)
  }

  #makeFolder(): boolean {
    try {
      this.#prepare()
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      return true
    } catch {
      return false
    }
  }

  #hold(path: string): Claim {
    this.#held.add(path)
    this.#heart ??= setInterval(() => this.#beat(), LEASE_MS / 4).unref()
    return { release: () => this.#release(path) }
  }

  #release(path: string): void {
    if (!this.#held.delete(path)) return
    if (this.#held.size === 0) {
      clearInterval(this.#heart)
      this.#heart = undefined
    }
    try {
      // After a long pause another thread may have taken it over.
      if (ownerIn(path) === ownerText(ownOwner())) rmSync(path, { force: true })
    } catch {
      // It is stale as soon as this thread ends.
    }
  }

  #beat(): void {
    const now = Date.now() / 1_000
    for (const path of this.#held) {
      try {
        utimesSync(path, now, now)
      } catch {
        // Another thread took it over.
      }
    }
  }
}

function create(path: string, text: string): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeSync(fd, text)
  } finally {
    closeSync(fd)
  }
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function ownerIn(path: string): string | undefined {
  return textIn(path)?.split(' ')[0]
}

function stateIn(path: string): ClaimState {
  return textIn(path)?.split(' ')[1] === 'queued' ? 'queued' : 'running'
}

function isStale(path: string): boolean {
  const text = textIn(path)
  const stat = statOf(path)
  if (text === undefined || stat === undefined) return false
  const silent = Date.now() - stat.mtimeMs
  const owner = parseOwner(text.split(' ')[0] ?? '')
  if (owner === undefined) return silent > WRITING_MS
  const alive = isAlive(owner)
  return alive === undefined ? silent > LEASE_MS : !alive
}

/** Removes a claim whose holder is gone. Returns false if the holder may be alive. */
function removeStale(path: string): boolean {
  if (!isStale(path)) return statOf(path) === undefined
  const moved = `${path}.stale-${ownerText(ownOwner())}-${++lastStale}`
  try {
    renameSync(path, moved)
  } catch {
    // Another thread was quicker.
    return true
  }
  // Of two that find it the second may move away the claim of the first: then both compute the call, which is only
  // slower.
  rmSync(moved, { force: true })
  return true
}

/** Tasks shorter than this, in milliseconds, are computed twice rather than claimed. */
const SHORT_MS = 20
/** The weight of the newest duration in the mean. */
const WEIGHT = 0.2

/** The mean duration of calls, by the code of their function. */
export class Durations {
  readonly #means = new Map<string, number>()

  add(code: string, ms: number): void {
    const mean = this.#means.get(code)
    this.#means.set(code, mean === undefined ? ms : mean + WEIGHT * (ms - mean))
  }

  /** Tells if calls are known to be short. */
  isShort(code: string): boolean {
    return (this.#means.get(code) ?? Infinity) < SHORT_MS
  }
}
