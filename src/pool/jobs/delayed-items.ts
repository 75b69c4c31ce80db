import { timerDelay } from '../../util/time.ts'
import type { Item } from './item.ts'

/** Items that wait for their next attempt. */
export class DelayedItems {
  readonly #timers = new Map<readonly Item[], NodeJS.Timeout>()

  get isEmpty(): boolean {
    return this.#timers.size === 0
  }

  /** Calls `ready` after a delay in milliseconds, with items that run again together. */
  add(items: readonly Item[], delay: number, ready: (items: readonly Item[]) => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(items)
      ready(items)
    }, timerDelay(delay))
    this.#timers.set(items, timer)
  }

  /** Takes out all items. */
  clear(): Item[] {
    const items = [...this.#timers.keys()].flat()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    return items
  }
}
