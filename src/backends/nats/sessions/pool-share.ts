import type { AgentsView } from './agents-view.ts'

/** The share of one pool in the agents' workers: at each agent no more than run there at once. */
export class PoolShare {
  readonly #view: AgentsView
  readonly #taken = new Map<string, number>()

  constructor(view: AgentsView) {
    this.#view = view
  }

  /** Workers that the pool could still get. */
  get free(): number {
    let free = 0
    for (const [agent, slots] of this.#view.slots()) free += this.#freeAt(agent, slots)
    return free
  }

  /** The agent with the most room, of which one worker counts as taken from now on. */
  take(): string | undefined {
    let best: string | undefined
    let most = 0
    for (const [agent, slots] of this.#view.slots()) {
      const free = this.#freeAt(agent, slots)
      if (free > most) [best, most] = [agent, free]
    }
    if (best !== undefined) this.#taken.set(best, this.#takenAt(best) + 1)
    return best
  }

  /** A worker that was taken is given back. */
  release(agent: string): void {
    const left = this.#takenAt(agent) - 1
    if (left > 0) this.#taken.set(agent, left)
    else this.#taken.delete(agent)
    this.#view.changed()
  }

  #freeAt(agent: string, slots: number): number {
    return Math.max(0, slots - this.#takenAt(agent))
  }

  #takenAt(agent: string): number {
    return this.#taken.get(agent) ?? 0
  }
}
