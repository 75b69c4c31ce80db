import { monotonicNow } from '../../../util/time.ts'
import type { Channel } from '../channel/channel.ts'
import type { Connection } from '../connection/connection.ts'
import { parseJson, parseSync, type SyncRequest } from '../messages/offer.ts'

/** Agents that work for this client are asked after this many milliseconds without a packet of theirs, or an answer. */
const BEAT_MS = 120
/** The same for one of several sessions of an agent, whose last message may be lost while others are heard of. */
const SESSION_MS = 400
/** Milliseconds between two checks of which agents are to be asked. */
const TICK_MS = 25
/** Many are asked more seldom: together not more often than this. */
const QUESTIONS_PER_SECOND = 1_000
/** Time limit of an answer, in milliseconds. */
const ANSWER_MS = 500
/** Questions in a row that found no subscriber on an agent's subject, after which the agent is gone. */
const ABSENCES = 2
/**
 * The pause between two of them, in which an agent reconnects: as long as `STEPS_BACK` answers, and at least
 * `SHORTEST_BREAK_MS`.
 */
const STEPS_BACK = 8
const SHORTEST_BREAK_MS = 100
/** Decay of the slowest observed round trip, per answer. */
const MEMORY = 0.9
/** Questions in a row without an answer from an agent that is subscribed: it is frozen, or cut off. */
const SILENCES = 20

/** A session with a worker, as the client that has it sees it. */
export interface ClientSession {
  readonly session: string
  readonly agent: string
  readonly channel: Channel
  /** True if the client waits for its worker. */
  readonly isBusy: boolean
  /** Called when its worker, or the way to it, is lost. */
  lost(): void
}

/** The parts that the watch works with. */
export interface SessionWatchDeps {
  subjectOf(agent: string): string
  lost(agent: string): void
}

/** Watches the agents that have sessions of this client: if they are alive, and how far each session is. */
export class SessionWatch {
  readonly #connection: Connection
  readonly #deps: SessionWatchDeps
  readonly #agents = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined

  constructor(connection: Connection, deps: SessionWatchDeps) {
    this.#connection = connection
    this.#deps = deps
  }

  add(end: ClientSession): void {
    const agent = this.#agents.get(end.agent) ?? new Watched()
    this.#agents.set(end.agent, agent)
    agent.ends.add(end)
    this.#timer ??= setInterval(() => this.#beat(), TICK_MS).unref()
  }

  remove(end: ClientSession): void {
    const agent = this.#agents.get(end.agent)
    if (agent?.ends.delete(end) !== true || agent.ends.size > 0) return
    this.#agents.delete(end.agent)
    if (this.#agents.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #beat(): void {
    const now = monotonicNow()
    const pause = Math.max(BEAT_MS - TICK_MS / 2, (this.#agents.size / QUESTIONS_PER_SECOND) * 1_000)
    for (const [name, agent] of this.#agents) {
      if (agent.asking || now - agent.askedAt < pause || isHeard(agent, now)) continue
      // Sessions that begin together drift apart, so that the server and this thread need not handle all at once.
      agent.askedAt = now - (agent.askedAt === 0 ? Math.random() * pause : 0)
      void this.#ask(name, agent)
    }
  }

  async #ask(name: string, agent: Watched): Promise<void> {
    agent.asking = true
    const asked = [...agent.ends]
    const startedAt = monotonicNow()
    const request: SyncRequest = { sync: asked.map(({ session, channel }) => [session, channel.taken]) }
    const answer = await this.#connection.ask(this.#deps.subjectOf(name), JSON.stringify(request), ANSWER_MS)
    agent.asking = false
    if (typeof answer === 'string' && !this.#connection.isSettled) return
    if (answer === 'nobody') agent.absent++
    else if (answer === 'silence') agent.silent++
    else {
      agent.answerMs = Math.max(monotonicNow() - startedAt, agent.answerMs * MEMORY)
      this.#answered(agent, asked, parseSync(parseJson(answer)))
    }
    if (agent.absent >= ABSENCES || agent.silent >= SILENCES) this.#deps.lost(name)
    else if (agent.absent > 0) this.#askSoon(name, agent)
  }

  /** Asks again after a pause: the agent may only be reconnecting. */
  #askSoon(name: string, agent: Watched): void {
    agent.asking = true
    const pause = Math.max(SHORTEST_BREAK_MS, STEPS_BACK * agent.answerMs)
    setTimeout(() => {
      if (this.#agents.get(name) === agent) void this.#ask(name, agent)
    }, pause).unref()
  }

  #answered(agent: Watched, asked: readonly ClientSession[], progress: ReadonlyMap<string, number> | undefined): void {
    agent.absent = 0
    agent.silent = 0
    if (progress === undefined) return
    for (const end of asked) {
      const taken = progress.get(end.session)
      if (taken !== undefined) end.channel.compare(taken)
      // The agent was restarted, or gave this client up.
      else if (agent.ends.has(end)) end.lost()
    }
  }
}

/** An agent with sessions of this client. */
class Watched {
  readonly ends = new Set<ClientSession>()
  asking = false
  askedAt = 0
  /** The slowest recent answer, in milliseconds. */
  answerMs = 0
  /** Questions in a row that found no subscriber, and that were not answered. */
  absent = 0
  silent = 0
}

/** Returns true if nothing has to be asked: packets of the agent come, or the client waits for none of its workers. */
function isHeard({ ends }: Watched, now: number): boolean {
  let isBusy = false
  let agentAt = -Infinity
  let sessionAt = Infinity
  for (const end of ends) {
    const { heardAt } = end.channel
    agentAt = Math.max(agentAt, heardAt)
    if (!end.isBusy) continue
    isBusy = true
    sessionAt = Math.min(sessionAt, heardAt)
  }
  return !isBusy || (now - agentAt < BEAT_MS && now - sessionAt < SESSION_MS)
}
