/** Milliseconds for which a worker without work still holds the process: to let go and hold again for each call is costly. */
const LINGER_MS = 1

/** Decides if a worker keeps the host's process alive: while it has work, and while its end is awaited. */
export class ProcessHold {
  readonly #set: (keepAlive: boolean) => void
  readonly #isIdle: () => boolean
  #isHeld = false
  #isAwaited = false
  #isLingering = false

  constructor(set: (keepAlive: boolean) => void, isIdle: () => boolean) {
    this.#set = set
    this.#isIdle = isIdle
    set(false)
  }

  /** The worker has work. */
  hold(): void {
    this.#change(true)
  }

  /** The worker has no work any more: unless it gets some very soon, it lets go. */
  releaseSoon(): void {
    if (this.#isLingering) return
    this.#isLingering = true
    setTimeout(() => {
      this.#isLingering = false
      if (this.#isIdle() && !this.#isAwaited) this.#change(false)
    }, LINGER_MS).unref()
  }

  /** The end of the worker is awaited: until then it holds the process. */
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
