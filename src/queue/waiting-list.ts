import { timerDelay } from '../util/time.ts'

/** One waiting call: `attempt` takes what it waits for, if that is there, and throws if it will never be. */
interface Waiter {
  readonly attempt: () => boolean
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/** Calls that wait for a change, in the order in which they came. */
export class WaitingList {
  readonly #waiting = new Set<Waiter>()

  /** Lets all try again, the oldest first. */
  wakeAll(): void {
    for (const waiter of this.#waiting) {
      try {
        if (!waiter.attempt()) continue
        waiter.done()
      } catch (error) {
        waiter.fail(error)
      }
      this.#waiting.delete(waiter)
    }
  }

  /**
   * Waits until `attempt` returns true. It is called at once and at each `wakeAll`, and must itself take what it waits
   * for. Rejects with an error that `attempt` throws; after `timeout` milliseconds with that of `late()`. 0 tries once.
   */
  until(attempt: () => boolean, timeout: number | undefined, late: () => Error): Promise<void> {
    if (attempt()) return Promise.resolve()
    if (timeout === 0) return Promise.reject(late())
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const fail = (error: unknown): void => {
        clearTimeout(timer)
        reject(error)
      }
      const waiter = { attempt, done, fail }
      this.#waiting.add(waiter)
      if (timeout === undefined) return
      const expire = (): void => {
        if (this.#waiting.delete(waiter)) reject(late())
      }
      timer = setTimeout(expire, timerDelay(timeout))
    })
  }
}
