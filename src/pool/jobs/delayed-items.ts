import { timerDelay } from '../../util/time.ts'
import type { Item } from './item.ts'

/** Items of a job that wait for their next attempt. */
export class DelayedItems {
  /** Items that run again together, and when. */
  readonly #timers = new Map<readonly Item[], NodeJS.Timeout>()
  #keepsAlive = true

  /** The number of attempts that wait. */
  get size(): number {
    return this.#timers.size
  }

  /** Calls `again` after `ms` milliseconds, unless the items are cleared before. */
  add(items: readonly Item[], ms: number, again: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(items)
      again()
    }, timerDelay(ms))
    if (!this.#keepsAlive) timer.unref()
    this.#timers.set(items, timer)
  }

  /** Says if waiting items keep the process alive. */
  hold(keepAlive: boolean): void {
    this.#keepsAlive = keepAlive
    for (const timer of this.#timers.values()) {
      if (keepAlive) timer.ref()
      else timer.unref()
    }
  }

  /** Takes out all items. */
  clear(): Item[] {
    const items = [...this.#timers.keys()].flat()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    return items
  }
}
