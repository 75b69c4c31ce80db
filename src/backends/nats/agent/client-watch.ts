import { monotonicNow } from '../../../util/time.ts'
import type { Connection } from '../connection/connection.ts'
import { parseJson, parseSync, type SyncReply } from '../messages/offer.ts'
import type { AgentSession } from './agent-session.ts'

/** Silence about a session after which its client is asked about it, in milliseconds. */
const QUIET_MS = 1_000
const ANSWER_MS = 1_000
/** Questions in a row that found no subscriber on a client's subject, after which the client is gone. */
const ABSENCES = 2
/** Questions in a row without an answer from a client that is subscribed: it may be busy for long. */
const SILENCES = 60

/** The parts that the watch works with. */
export interface ClientWatchDeps {
  subjectOf(client: string): string
  /** Called for each session whose client is gone. */
  gone(session: AgentSession): void
}

/** Notices clients that are gone, or have forgotten a session, because their workers are needed elsewhere. */
export class ClientWatch {
  readonly #connection: Connection
  readonly #deps: ClientWatchDeps
  readonly #clients = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined

  constructor(connection: Connection, deps: ClientWatchDeps) {
    this.#connection = connection
    this.#deps = deps
  }

  get clients(): number {
    return this.#clients.size
  }

  add(session: AgentSession): void {
    const client = this.#clients.get(session.client) ?? { sessions: new Map(), asking: false, absent: 0, silent: 0 }
    this.#clients.set(session.client, client)
    client.sessions.set(session, monotonicNow())
    this.#timer ??= setInterval(() => this.#beat(), QUIET_MS)
  }

  remove(session: AgentSession): void {
    const client = this.#clients.get(session.client)
    if (client?.sessions.delete(session) !== true || client.sessions.size > 0) return
    this.#clients.delete(session.client)
    if (this.#clients.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Called when the client mentions the session. It may still have forgotten others of its sessions. */
  heard(session: AgentSession): void {
    const sessions = this.#clients.get(session.client)?.sessions
    if (sessions?.has(session) === true) sessions.set(session, monotonicNow())
  }

  #beat(): void {
    const now = monotonicNow()
    for (const [name, client] of this.#clients)
      if (!client.asking && now - Math.min(...client.sessions.values()) >= QUIET_MS) void this.#ask(name, client)
  }

  async #ask(name: string, client: Watched): Promise<void> {
    client.asking = true
    const asked = [...client.sessions.keys()]
    const question: SyncReply = { sync: asked.map((session) => [session.name, session.channel.taken]) }
    const answer = await this.#connection.ask(this.#deps.subjectOf(name), JSON.stringify(question), ANSWER_MS)
    client.asking = false
    if (typeof answer !== 'string') return this.#answered(client, asked, parseSync(parseJson(answer)))
    if (!this.#connection.isSettled) return
    if (answer === 'nobody') client.absent++
    else client.silent++
    if (client.absent < ABSENCES && client.silent < SILENCES) return
    for (const session of [...client.sessions.keys()]) {
      session.cancel('its client is gone')
      this.#deps.gone(session)
    }
  }

  #answered(client: Watched, asked: readonly AgentSession[], theirs: ReadonlyMap<string, number> | undefined): void {
    client.absent = 0
    client.silent = 0
    if (theirs === undefined) return
    for (const session of asked) {
      const taken = theirs.get(session.name)
      if (taken !== undefined) session.channel.compare(taken)
      else session.cancel('its client does not know it any more')
    }
  }
}

interface Watched {
  /** And when each was last heard of. */
  readonly sessions: Map<AgentSession, number>
  asking: boolean
  absent: number
  silent: number
}
