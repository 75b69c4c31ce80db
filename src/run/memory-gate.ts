import { freemem } from 'node:os'

import type { Gate } from '../pool/gate.ts'

/** How often it is looked whether there is enough again, in milliseconds. */
const LOOK_MS = 100

/** Lets nothing start while less memory is free, of the machine or of what this process may use of it. */
export class MemoryGate implements Gate {
  readonly #limit: number
  readonly #free: () => number
  #timer: NodeJS.Timeout | undefined
  #warned = false
  #wake: () => void = () => {}

  constructor(limit: number, free: () => number = availableMemory) {
    this.#limit = limit
    this.#free = free
  }

  onOpen(wake: () => void): void {
    this.#wake = wake
  }

  /** One at a time: what a task takes shows only while it runs. */
  room(max: number): number {
    const free = this.#free()
    if (free >= this.#limit) return Math.min(max, 1)
    this.#warn(free)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#wake()
    }, LOOK_MS)
    return 0
  }

  started(): void {
    // What was started takes memory, not turns.
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #warn(free: number): void {
    if (this.#warned) return
    this.#warned = true
    const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
    process.emitWarning(
      `${mib(free)} of memory are free, less than the ${mib(this.#limit)} of memfree: nothing is started until there is more`,
      { type: 'ManyhandsWarning', code: 'MH_LOW_MEMORY' },
    )
  }
}

/** Bytes that this process can have, with the limits of its container where Node knows them. */
function availableMemory(): number {
  return (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem()
}
