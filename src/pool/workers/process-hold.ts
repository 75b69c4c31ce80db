/** Milliseconds for which an idle worker still holds the process: releasing and holding again for each call is costly. */
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

  /** Called when the worker has work. */
  hold(): void {
    this.#change(true)
  }

  /** Called when the worker has no more work: releases the process after `LINGER_MS`, if it is still idle. */
  releaseSoon(): void {
    if (this.#isLingering) return
    this.#isLingering = true
    setTimeout(() => {
      this.#isLingering = false
      if (this.#isIdle() && !this.#isAwaited) this.#change(false)
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
