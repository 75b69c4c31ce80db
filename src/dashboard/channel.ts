import { deflateRawSync } from 'node:zlib'

import { messageOf } from '../util/message-of.ts'
import { changesBetween } from '../view/live/changes.ts'
import { asJson, type LiveState, type PackedAttempts } from '../view/live/messages.ts'
import { pack } from '../view/pack/pack.ts'
import { type Packable, unitOf } from '../view/pack/packed-view.ts'
import type { Subject } from './subject.ts'
import type { Watcher } from './watcher.ts'

const LOOK_MS = 1_000
/** Bytes of packed attempts a second, about: the more there are, the less often they are sent. */
const ATTEMPT_BYTES = 20_000
/** Looks without news after which watchers are sent a sign of life. */
const QUIET_LOOKS = 15
/** The longest input in packed attempts. */
const INPUT_LENGTH = 80

/** Looks at one subject for all that watch it, while someone does, and tells them what has changed. */
export class Channel {
  readonly #subject: Subject
  readonly #watchers = new Set<Watcher>()
  readonly #onIdle: () => void
  #state: LiveState | undefined
  #attempts: PackedAttempts | undefined
  /** The newest attempts, if they have not been packed yet. */
  #unpacked: Packable | undefined
  /** Counts the times that attempts were packed. */
  #turn = 0
  #attemptsDue = 0
  #timer: NodeJS.Timeout | undefined
  #isLooking = false
  #quiet = 0

  /** `onIdle`: called when the last watcher has gone. */
  constructor(subject: Subject, onIdle: () => void) {
    this.#subject = subject
    this.#onIdle = onIdle
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher)
    this.#tell(watcher, undefined)
    if (this.#timer === undefined && !this.#isLooking) void this.#look()
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher)
    if (this.#watchers.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#onIdle()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    const before = this.#state
    const { state, attempts } = (await this.#next()) ?? {}
    this.#isLooking = false
    if (this.#watchers.size === 0) return
    this.#state = state ?? before
    this.#unpacked = attempts ?? this.#unpacked
    this.#pack()
    const changes =
      before === undefined || this.#state === undefined
        ? undefined
        : changesBetween(asJson(before), asJson(this.#state))
    const isQuiet = ++this.#quiet >= QUIET_LOOKS
    if (changes !== undefined || isQuiet) this.#quiet = 0
    for (const watcher of this.#watchers) {
      if (isQuiet) watcher.ping()
      this.#tell(watcher, changes)
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#look()
    }, LOOK_MS)
  }

  async #next(): Promise<{ state: LiveState; attempts?: Packable } | undefined> {
    try {
      return await this.#subject.look()
    } catch (error) {
      return { state: { of: 'problem', problem: messageOf(error) } }
    }
  }

  /** Packs attempts as often as their size allows. */
  #pack(): void {
    const attempts = this.#unpacked
    const now = performance.now()
    if (attempts === undefined || now < this.#attemptsDue) return
    this.#unpacked = undefined
    const bytes = deflateRawSync(pack({ ...attempts, lanes: [] }, { inputLength: INPUT_LENGTH }))
    this.#attemptsDue = now + (bytes.length / ATTEMPT_BYTES) * 1_000 - LOOK_MS / 2
    const packed = bytes.toString('base64')
    if (packed === this.#attempts?.packed) return
    this.#attempts = { unit: unitOf(attempts), steps: attempts.singles.steps.length, packed }
    this.#turn++
  }

  /** Sends a watcher what it has not seen. One that is slow is sent nothing until it has read what it was sent. */
  #tell(watcher: Watcher, changes: ReturnType<typeof changesBetween>): void {
    if (this.#state === undefined) return
    if (watcher.isBehind) {
      watcher.isCurrent &&= changes === undefined
      return
    }
    if (!watcher.isCurrent) watcher.send('state', this.#state)
    else if (changes !== undefined) watcher.send('changes', changes)
    watcher.isCurrent = true
    if (this.#attempts === undefined || watcher.attempts === this.#turn) return
    watcher.send('attempts', this.#attempts)
    watcher.attempts = this.#turn
  }
}
