import { EXIT } from '../command-error.ts'

/** The signals that end a command. */
export type EndSignal = (typeof SIGNALS)[number]

/** The terminal that a command was started from sends `SIGHUP` when it closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The actions when the command has to end. */
export interface InterruptActions {
  /** Starts nothing more; running tasks have `GRACE_MS` to finish. */
  readonly windDown: (signal: EndSignal) => void
  /** Stops running tasks: their time is over. */
  readonly stop: () => void
}

/** Milliseconds that running tasks have to finish after an interrupt. */
export const GRACE_MS = 5_000

/** npm repeats a Ctrl-C that the terminal has sent already: two within this many milliseconds are one. */
const ECHO_MS = 100

/** Watches for Ctrl-C, SIGTERM and SIGHUP. The first lets running tasks finish, the second ends the process at once. */
export class Interrupts implements Disposable {
  readonly #actions: InterruptActions
  #signal: EndSignal | undefined
  #at = 0
  #timer: NodeJS.Timeout | undefined

  constructor(actions: InterruptActions) {
    this.#actions = actions
    for (const signal of SIGNALS) process.on(signal, this.#take)
  }

  /** The exit code, if there was a signal. */
  get exitCode(): number | undefined {
    if (this.#signal === undefined) return undefined
    return this.#signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    for (const signal of SIGNALS) process.off(signal, this.#take)
  }

  readonly #take = (signal: EndSignal): void => {
    if (this.#signal === undefined) {
      this.#signal = signal
      this.#at = performance.now()
      this.#timer = setTimeout(this.#actions.stop, GRACE_MS)
      this.#actions.windDown(signal)
    } else if (signal !== this.#signal || performance.now() - this.#at > ECHO_MS) {
      // Worker processes notice that their host is gone, and end by themselves.
      process.exit(this.exitCode)
    }
  }
}
