import { monotonicNow } from '../../../util/time.ts'
import type { Channel } from '../channel/channel.ts'
import type { Connection } from '../connection/connection.ts'
import { parseJson, parseSync, type SyncRequest } from '../messages/offer.ts'

/** Agents that work for this client are asked this often, in milliseconds. */
const BEAT_MS = 100
/** Many are asked more seldom: together not more often than this. */
const QUESTIONS_PER_SECOND = 1_000
/** An answer may take so long, in milliseconds. */
const ANSWER_MS = 500
/** Nobody listens on an agent's subject: so often in a row, and it is gone. */
const ABSENCES = 2
/**
 * Between them is the time in which one is back whose connection broke: some steps, each of which takes as long as an
 * answer does, and no less than so many milliseconds.
 */
const STEPS_BACK = 8
const SHORTEST_BREAK_MS = 100
/** Of the time that the slowest answer took so much is believed after the next one. */
const MEMORY = 0.9
/** Somebody listens, and does not answer: it is frozen, or cut off. Each costs about as long as an answer may take. */
const SILENCES = 20

/** A session with a worker, as the client that has it sees it. */
export interface ClientSession {
  readonly session: string
  readonly agent: string
  readonly channel: Channel
  /** The client waits for what its worker does. */
  readonly isBusy: boolean
  /** Called when its worker, or the way to it, is lost. */
  lost(): void
}

/** How to reach the agents, and whom to tell. */
export interface SessionWatchDeps {
  subjectOf(agent: string): string
  lost(agent: string): void
}

/** Keeps an eye on the agents that have sessions of this client: whether they live, and how far each session is. */
export class SessionWatch {
  readonly #connection: Connection
  readonly #ways: SessionWatchDeps
  readonly #agents = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined

  constructor(connection: Connection, ways: SessionWatchDeps) {
    this.#connection = connection
    this.#ways = ways
  }

  add(end: ClientSession): void {
    const agent = this.#agents.get(end.agent) ?? new Watched()
    this.#agents.set(end.agent, agent)
    agent.ends.add(end)
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref()
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
    const pause = Math.max(BEAT_MS / 2, (this.#agents.size / QUESTIONS_PER_SECOND) * 1_000)
    for (const [name, agent] of this.#agents) {
      if (agent.asking || now - agent.askedAt < pause || !isBusy(agent)) continue
      // Those that begin together drift apart: the server and this thread shall not have to do with all at once.
      agent.askedAt = now - (agent.askedAt === 0 ? Math.random() * pause : 0)
      void this.#ask(name, agent)
    }
  }

  async #ask(name: string, agent: Watched): Promise<void> {
    agent.asking = true
    const asked = [...agent.ends]
    const startedAt = monotonicNow()
    const request: SyncRequest = { sync: asked.map(({ session, channel }) => [session, channel.taken]) }
    const answer = await this.#connection.ask(this.#ways.subjectOf(name), JSON.stringify(request), ANSWER_MS)
    agent.asking = false
    if (typeof answer === 'string' && !this.#connection.isSettled) return
    if (answer === 'nobody') agent.absent++
    else if (answer === 'silence') agent.silent++
    else {
      agent.answerMs = Math.max(monotonicNow() - startedAt, agent.answerMs * MEMORY)
      this.#answered(agent, asked, parseSync(parseJson(answer)))
    }
    if (agent.absent >= ABSENCES || agent.silent >= SILENCES) this.#ways.lost(name)
    else if (agent.absent > 0) this.#askSoon(name, agent)
  }

  /** It may only be between two connections. */
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
      // The agent has another life behind it, or gave this client up.
      else if (agent.ends.has(end)) end.lost()
    }
  }
}

/** An agent with sessions of this client. */
class Watched {
  readonly ends = new Set<ClientSession>()
  asking = false
  askedAt = 0
  /** What its slowest answer took lately, in milliseconds. */
  answerMs = 0
  /** Answers in a row that nobody was there to give, and that did not come. */
  absent = 0
  silent = 0
}

function isBusy({ ends }: Watched): boolean {
  for (const end of ends) if (end.isBusy) return true
  return false
}
