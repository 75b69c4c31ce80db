import { monotonicNow } from '../../util/time.ts'

/** Milliseconds without use after which what is kept is dropped. */
const IDLE_MS = 2_000

/** Drops what is kept for later when it has not been used for a while. Does not keep the process alive. */
export class IdleClearing {
  readonly #clear: () => void
  #usedAt = 0
  #isWaiting = false

  constructor(clear: () => void) {
    this.#clear = clear
  }

  /** Call it with each use. */
  used(): void {
    this.#usedAt = monotonicNow()
    if (!this.#isWaiting) this.#wait(IDLE_MS)
  }

  #wait(ms: number): void {
    this.#isWaiting = true
    setTimeout(() => {
      this.#isWaiting = false
      const left = this.#usedAt + IDLE_MS - monotonicNow()
      if (left > 0) this.#wait(left)
      else this.#clear()
    }, ms).unref()
  }
}
