/** Those who wait until something has changed: woken one after the other, they look again themselves. */
export class WaitingList {
  #waiting: (() => void)[] = []

  wakeAll(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  /** Waits until `ready()`; after `timeout` milliseconds rejects with what `late()` gives. With 0 it looks once. */
  async until(ready: () => boolean, timeout: number | undefined, late: () => Error): Promise<void> {
    if (ready()) return
    if (timeout === 0) throw late()
    let timer: NodeJS.Timeout | undefined
    let expired = false
    try {
      while (!ready()) {
        if (expired) throw late()
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve)
          if (timeout === undefined || timer !== undefined) return
          timer = setTimeout(
            () => {
              expired = true
              this.wakeAll()
            },
            Math.min(timeout, 2 ** 31 - 1),
          )
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }
}
