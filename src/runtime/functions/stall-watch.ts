/**
 * Detects preparations that can never finish. While something is being prepared, the channel to the host does not keep
 * this thread alive. So the event loop runs empty if everything that is left waits for nothing.
 */
export class StallWatch {
  readonly #hold: (keepAlive: boolean) => void
  readonly #waiting = new Set<() => void>()

  /** `hold` sets if the channel to the host keeps the thread alive. */
  constructor(hold: (keepAlive: boolean) => void) {
    this.#hold = hold
    process.on('beforeExit', () => this.#stalled())
  }

  /** Settles as `work` does; rejects with the error of `stalled` if it can never finish. */
  async during<T>(work: Promise<T>, stalled: () => Error): Promise<T> {
    let give: () => void = () => {}
    const stall = new Promise<never>((_, reject) => (give = () => reject(stalled())))
    this.#waiting.add(give)
    this.#hold(false)
    try {
      return await Promise.race([work, stall])
    } finally {
      this.#waiting.delete(give)
      if (this.#waiting.size === 0) this.#hold(true)
    }
  }

  #stalled(): void {
    if (this.#waiting.size === 0) return
    this.#hold(true)
    for (const give of this.#waiting) give()
  }
}
