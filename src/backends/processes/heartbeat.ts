/** Beats without an answer, in a row, after which a worker is lost. */
const BEATS = 10

/**
 * Notices that a worker no longer answers. Beats are counted, not time: while this process was frozen itself, or its loop
 * blocked, none was missed, and answers are read between two beats.
 */
export class Heartbeat {
  readonly #ask: () => Promise<unknown>
  readonly #interval: number
  readonly #onLost: () => void
  #timer: NodeJS.Timeout | undefined
  #wanted = false
  #asking = false
  #missed = 0

  /** Calls `onLost`, once, for a worker that has not answered for `timeout` milliseconds. */
  constructor(ask: () => Promise<unknown>, timeout: number, onLost: () => void) {
    this.#ask = ask
    this.#interval = timeout / BEATS
    this.#onLost = onLost
  }

  /** The worker has something to do. */
  start(): void {
    this.#wanted = true
    this.#timer ??= setInterval(() => this.#beat(), this.#interval).unref()
  }

  /** Called when the worker has nothing to do; an open question may still be answered. */
  rest(): void {
    this.#wanted = false
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#missed = 0
  }

  #beat(): void {
    if (!this.#wanted) this.stop()
    else if (!this.#asking) this.#question()
    else if (++this.#missed >= BEATS) {
      this.stop()
      this.#onLost()
    }
  }

  #question(): void {
    this.#asking = true
    void this.#ask().then(() => {
      this.#asking = false
      this.#missed = 0
    })
  }
}
