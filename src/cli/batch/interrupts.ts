import { EXIT } from '../command-error.ts'

/** What the user, or the system, asks a command to end with. */
export type EndSignal = 'SIGINT' | 'SIGTERM'

/** What is done when the command is to end. */
export interface InterruptActions {
  /** Start nothing more; what runs has `GRACE_MS` to finish. */
  readonly windDown: (signal: EndSignal) => void
  /** The time is over. */
  readonly stop: () => void
}

/** Tasks that run when the command is interrupted have so many milliseconds. */
export const GRACE_MS = 5_000

/** npm passes on a Ctrl-C that the terminal has sent already: two within so many milliseconds are one. */
const ECHO_MS = 100

/** Watches for Ctrl-C and SIGTERM. The first lets running tasks finish, the second ends the process at once. */
export class Interrupts implements Disposable {
  readonly #actions: InterruptActions
  #signal: EndSignal | undefined
  #at = 0
  #timer: NodeJS.Timeout | undefined

  constructor(actions: InterruptActions) {
    this.#actions = actions
    process.on('SIGINT', this.#take)
    process.on('SIGTERM', this.#take)
  }

  /** The exit code, where there was a signal. */
  get exitCode(): number | undefined {
    if (this.#signal === undefined) return undefined
    return this.#signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    process.off('SIGINT', this.#take)
    process.off('SIGTERM', this.#take)
  }

  readonly #take = (signal: EndSignal): void => {
    if (this.#signal === undefined) {
      this.#signal = signal
      this.#at = performance.now()
      this.#timer = setTimeout(this.#actions.stop, GRACE_MS)
      this.#actions.windDown(signal)
    } else if (signal !== this.#signal || performance.now() - this.#at > ECHO_MS) {
      // Worker processes see that their host is gone and end by themselves.
      process.exit(this.exitCode)
    }
  }
}
