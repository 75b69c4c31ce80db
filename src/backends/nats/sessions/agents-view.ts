import type { Offer } from '../messages/offer.ts'

/** An agent, as far as a client knows it. */
interface Known {
  offer: Offer
  /** It had no worker to spare; its next offer may say otherwise. */
  full: boolean
}

/** The agents of a group, as one client sees them. */
export class AgentsView {
  readonly #agents = new Map<string, Known>()
  readonly #onChange = new Set<() => void>()

  get size(): number {
    return this.#agents.size
  }

  /** Calls whenever there may be workers to be had, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener)
    return () => this.#onChange.delete(listener)
  }

  /** Agents that may have workers, and how many each runs at once. */
  *slots(): Iterable<readonly [agent: string, slots: number]> {
    for (const [agent, { offer, full }] of this.#agents) if (!full) yield [agent, offer.slots]
  }

  /** The machine that an agent is on. */
  hostOf(agent: string): string | undefined {
    return this.#agents.get(agent)?.offer.host
  }

  offered(offer: Offer): void {
    if (offer.slots === 0) return void this.#agents.delete(offer.agent)
    const known = this.#agents.get(offer.agent)
    this.#agents.set(offer.agent, { offer, full: false })
    // Most answers change nothing.
    if (known === undefined || known.full || known.offer.slots < offer.slots) this.changed()
  }

  full(agent: string): void {
    const known = this.#agents.get(agent)
    if (known !== undefined) known.full = true
  }

  gone(agent: string): void {
    this.#agents.delete(agent)
  }

  changed(): void {
    for (const listener of [...this.#onChange]) listener()
  }
}
