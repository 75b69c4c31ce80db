/** Milliseconds for which an idle worker still holds the process: releasing and holding again for each call is costly. */
const LINGER_MS = 1

/** Decides if a worker keeps the host's process alive: while it has work, and while its end is awaited. */
export class ProcessHold {
  readonly #set: (keepAlive: boolean) => void
  readonly #hasWork: () => boolean
  #isHeld = false
  #isAwaited = false
  #isLingering = false

  /** `hasWork` returns true while the worker has work that someone waits for. */
  constructor(set: (keepAlive: boolean) => void, hasWork: () => boolean) {
    this.#set = set
    this.#hasWork = hasWork
    set(false)
  }

  /** Called when the worker's work has changed. Releases the process after `LINGER_MS`, if there is still none. */
  update(): void {
    if (this.#hasWork()) return this.#change(true)
    if (this.#isLingering) return
    this.#isLingering = true
    setTimeout(() => {
      this.#isLingering = false
      if (!this.#hasWork() && !this.#isAwaited) this.#change(false)
    }, LINGER_MS).unref()
  }

  /** Holds the process until the worker has ended. */
  awaitEnd(): void {
    this.#isAwaited = true
    this.#change(true)
  }

  #change(keepAlive: boolean): void {
    if (this.#isHeld === keepAlive) return
    this.#isHeld = keepAlive
    this.#set(keepAlive)
  }
}
