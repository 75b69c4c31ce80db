import { timerDelay } from '../util/time.ts'

/** Somebody who waits: `attempt` takes what they wait for, if it is there, and throws where it will never be. */
interface Waiter {
  readonly attempt: () => boolean
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/** Those who wait until something has changed, in the order in which they came. */
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
   * Waits until an attempt succeeds; it is made at once and whenever something has changed, so that what one takes
   * nobody else counts on. Rejects with what an attempt throws. After `timeout` milliseconds rejects with what `late()` gives. With 0 it tries once.
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
