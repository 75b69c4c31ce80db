import type { Offer } from './offer.ts'

/** What a client knows of an agent. */
interface Known {
  offer: Offer
  /** Workers of it that this client has. */
  sessions: number
  /** It had no room for one more; its next offer may say otherwise. */
  full: boolean
}

/** The agents of a group, as one client sees them. */
export class AgentsView {
  readonly #agents = new Map<string, Known>()
  readonly #onRoom = new Set<() => void>()

  /** Workers that this client could still get. */
  get room(): number {
    let room = 0
    for (const agent of this.#agents.values()) room += roomAt(agent)
    return room
  }

  get isEmpty(): boolean {
    return this.#agents.size === 0
  }

  /** Calls whenever there may be room, until the returned function is called. */
  onRoom(listener: () => void): () => void {
    this.#onRoom.add(listener)
    return () => this.#onRoom.delete(listener)
  }

  /** Resolves when there may be room. */
  nextRoom(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.onRoom(() => {
        stop()
        resolve()
      })
    })
  }

  offered(offer: Offer): void {
    if (offer.slots === 0) return void this.#agents.delete(offer.agent)
    const known = this.#agents.get(offer.agent)
    if (known === undefined) this.#agents.set(offer.agent, { offer, sessions: 0, full: false })
    else Object.assign(known, { offer, full: false })
    this.#tell()
  }

  /** The agent with the most room, of which one worker counts as taken from now on. */
  take(): string | undefined {
    let best: Known | undefined
    for (const agent of this.#agents.values())
      if (roomAt(agent) > 0 && (best === undefined || roomAt(agent) > roomAt(best))) best = agent
    if (best === undefined) return undefined
    best.sessions++
    return best.offer.agent
  }

  /** A worker that was taken is free again. */
  give(agent: string): void {
    const known = this.#agents.get(agent)
    if (known === undefined) return
    known.sessions = Math.max(0, known.sessions - 1)
    this.#tell()
  }

  full(agent: string): void {
    const known = this.#agents.get(agent)
    if (known !== undefined) known.full = true
  }

  gone(agent: string): void {
    this.#agents.delete(agent)
  }

  #tell(): void {
    for (const listener of [...this.#onRoom]) listener()
  }
}

function roomAt({ offer, sessions, full }: Known): number {
  return full ? 0 : Math.max(0, offer.slots - sessions)
}
