import { monotonicNow } from '../../util/time.ts'

/** Milliseconds without use after which what is kept is dropped. */
const IDLE_MS = 2_000

/** Drops what is kept for later when it has not been used for a while. Does not keep the process alive. */
export class IdleClearing {
  readonly #clear: () => void
  #usedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(clear: () => void) {
    this.#clear = clear
  }

  /** Call it with each use. */
  used(): void {
    this.#usedAt = monotonicNow()
    this.#timer ??= this.#wait(IDLE_MS)
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const left = this.#usedAt + IDLE_MS - monotonicNow()
      this.#timer = left > 0 ? this.#wait(left) : undefined
      if (left <= 0) this.#clear()
    }, ms).unref()
  }
}
