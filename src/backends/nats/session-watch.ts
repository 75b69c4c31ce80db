import type { SessionEnd } from './client-hub.ts'
import type { Connection } from './connection.ts'
import { parseJson, parseSync, type SyncRequest } from './offer.ts'

/** Agents that work for this client are asked this often, in milliseconds. */
const BEAT_MS = 250
/** An answer may take so long, in milliseconds. */
const ANSWER_MS = 500
/** Nobody listens on an agent's subject: so often in a row, and it is gone. */
const ABSENCES = 2
/** Somebody listens, and does not answer: it is frozen, or cut off. Each costs about as long as an answer may take. */
const SILENCES = 20

/** How to reach the agents, and whom to tell. */
export interface WatchWays {
  subjectOf(agent: string): string
  lost(agent: string): void
}

/** Keeps an eye on the agents that have sessions of this client: whether they live, and how far each session is. */
export class SessionWatch {
  readonly #connection: Connection
  readonly #ways: WatchWays
  readonly #agents = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined

  constructor(connection: Connection, ways: WatchWays) {
    this.#connection = connection
    this.#ways = ways
  }

  add(end: SessionEnd): void {
    const agent = this.#agents.get(end.agent) ?? { ends: new Set(), asking: false, absent: 0, silent: 0 }
    this.#agents.set(end.agent, agent)
    agent.ends.add(end)
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref()
  }

  remove(end: SessionEnd): void {
    const agent = this.#agents.get(end.agent)
    if (agent?.ends.delete(end) !== true || agent.ends.size > 0) return
    this.#agents.delete(end.agent)
    if (this.#agents.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #beat(): void {
    for (const [name, agent] of this.#agents) {
      if (!agent.asking && [...agent.ends].some((end) => end.isBusy)) void this.#ask(name, agent)
    }
  }

  async #ask(name: string, agent: Watched): Promise<void> {
    agent.asking = true
    const asked = [...agent.ends]
    const request: SyncRequest = { sync: asked.map(({ session, channel }) => [session, channel.taken]) }
    const answer = await this.#connection.ask(this.#ways.subjectOf(name), JSON.stringify(request), ANSWER_MS)
    agent.asking = false
    if (typeof answer === 'string' && !this.#connection.isSettled) return
    if (answer === 'nobody') agent.absent++
    else if (answer === 'silence') agent.silent++
    else this.#answered(agent, asked, parseSync(parseJson(answer)))
    if (agent.absent >= ABSENCES || agent.silent >= SILENCES) this.#ways.lost(name)
  }

  #answered(agent: Watched, asked: readonly SessionEnd[], progress: ReadonlyMap<string, number> | undefined): void {
    agent.absent = 0
    agent.silent = 0
    if (progress === undefined) return
    for (const end of asked) {
      const taken = progress.get(end.session)
      if (taken !== undefined) end.channel.compare(taken)
      // The agent has another life behind it, or gave this client up.
      else if (agent.ends.has(end)) end.lost()
    }
  }
}

interface Watched {
  readonly ends: Set<SessionEnd>
  asking: boolean
  /** Answers in a row that nobody was there to give, and that did not come. */
  absent: number
  silent: number
}
