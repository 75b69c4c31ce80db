import { hostname } from 'node:os'

import type { Backend } from '../../../pool/backend/backend.ts'
import { monotonicNow } from '../../../util/time.ts'
import { MAX_CONCURRENCY } from '../../../wire/protocol/beacon.ts'
import { type AllowFrame, WIRE_VERSION } from '../../../wire/protocol/frames.ts'
import { Channel } from '../channel/channel.ts'
import { PayloadStore } from '../channel/payload-store.ts'
import { checkBroker } from '../connection/check-broker.ts'
import { Connection } from '../connection/connection.ts'
import type { ConnectOptions } from '../connection/dial.ts'
import { newName, sessionOf, type Subjects, subjectsOf } from '../connection/subjects.ts'
import {
  NAME,
  type Offer,
  type OpenReply,
  type OpenRequest,
  parseJson,
  parseSync,
  type SyncReply,
} from '../messages/offer.ts'
import { AgentSession } from './agent-session.ts'
import { ClientWatch } from './client-watch.ts'
import { FairQueue } from './fair-queue.ts'
import { LeaseTable } from './lease-table.ts'

/** Sessions per slot: so many clients can share the workers without waiting for each other's end. */
const SESSIONS_PER_SLOT = 8
/**
 * A session that has ended is kept for this long, in milliseconds, since its last messages may have to be sent again.
 */
const LINGER_MS = 10_000

/** The settings that an agent is started with. */
export interface AgentOptions {
  readonly connect: ConnectOptions
  /** Workers that run at once. */
  readonly slots: number
  /** The modules whose exports may be run: the id that is the same everywhere, and the URL on this machine. */
  readonly modules: readonly (readonly [id: string, url: string])[]
  readonly allowCode: boolean
  readonly allowSkew: boolean
  readonly onEvent: (event: AgentEvent) => void
}

/** The events of an agent. */
export type AgentEvent =
  | { readonly type: 'connected'; readonly server: string }
  | { readonly type: 'disconnected'; readonly server: string }
  | { readonly type: 'lent'; readonly client: string; readonly pid: number | undefined }
  | {
      readonly type: 'returned'
      readonly client: string
      readonly pid: number | undefined
      readonly why: string
      /** It died, or was killed. */
      readonly isDead: boolean
    }
  | { readonly type: 'refused'; readonly client: string; readonly why: string }
  | { readonly type: 'draining'; readonly sessions: number }

/**
 * Lends worker processes to clients, and carries frames between the two.
 *
 * It never runs tasks or decodes their frames. So it always answers at once, and no task can harm it.
 */
export class Agent {
  readonly #connection: Connection
  readonly #options: AgentOptions
  readonly #backend: Backend
  readonly #allow: AllowFrame
  readonly #subjects: Subjects
  readonly #name = newName()
  readonly #store: PayloadStore
  readonly #queue: FairQueue
  readonly #leases: LeaseTable
  readonly #watch: ClientWatch
  readonly #sessions = new Map<string, AgentSession>()
  readonly #startedAt = monotonicNow()
  #done = 0
  #draining = false
  #onEmpty: (() => void) | undefined

  private constructor(connection: Connection, options: AgentOptions, backend: Backend) {
    this.#connection = connection
    this.#options = options
    this.#backend = backend
    const { modules, allowCode, allowSkew } = options
    this.#allow = { type: 'allow', modules, code: allowCode, skew: allowSkew }
    this.#subjects = subjectsOf(options.connect.group)
    this.#store = new PayloadStore(connection)
    this.#queue = new FairQueue(options.slots)
    this.#leases = new LeaseTable(options.slots * SESSIONS_PER_SLOT)
    this.#watch = new ClientWatch(connection, {
      subjectOf: (client) => this.#subjects.client(client),
      gone: (session) => this.#store.clear(session.name),
    })
    connection.hold(true)
    connection.subscribe(this.#subjects.ask, (_data, _subject, reply) => this.#offerTo(reply))
    connection.subscribe(this.#subjects.agent(this.#name), (data, _, reply) => this.#question(data, reply))
    connection.subscribe(this.#subjects.toAgent(this.#name, '*'), (data, subject) => this.#packet(data, subject))
    connection.onUp(() => this.#cameBack())
    connection.onDown(() => options.onEvent(disconnected(options)))
    options.onEvent({ type: 'connected', server: connection.nats.getServer() })
    this.#offerTo(this.#subjects.offers)
  }

  /**
   * Connects, trying for ever if there is no broker yet, and waits for clients.
   *
   * @throws {BackendError} if the broker does not let it in, or is not suitable.
   */
  static async start(options: AgentOptions, backend: Backend): Promise<Agent> {
    const connection = await Connection.open(options.connect, Infinity, () => options.onEvent(disconnected(options)))
    await checkBroker(connection)
    return new Agent(connection, options, backend)
  }

  /** The state of the agent, as clients and `manyhands status` see it. */
  get offer(): Offer {
    const { slots, modules, allowCode } = this.#options
    const sessions = this.#living()
    let done = this.#done
    for (const session of sessions) done += session.done
    return {
      agent: this.#name,
      host: hostname(),
      pid: process.pid,
      slots: this.#draining ? 0 : slots,
      busy: this.#queue.busy,
      sessions: sessions.length,
      clients: this.#watch.clients,
      waiting: this.#queue.waiting,
      done,
      uptime: Math.round(monotonicNow() - this.#startedAt),
      modules: modules.map(([id]) => id),
      allowsCode: allowCode,
      draining: this.#draining,
    }
  }

  /** Takes no more work, lets running tasks end within `ms` milliseconds, returns the rest to the clients, and closes. */
  async drain(ms: number): Promise<void> {
    this.#draining = true
    const sessions = this.#living()
    this.#options.onEvent({ type: 'draining', sessions: sessions.length })
    this.#offerTo(this.#subjects.offers)
    for (const session of sessions) session.leave()
    if (sessions.length > 0) await this.#empty(ms)
    for (const session of this.#living()) session.release()
    await this.#connection.nats.flush().catch(() => {})
    await this.#connection.close()
  }

  #empty(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#onEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #living(): AgentSession[] {
    return [...this.#sessions.values()].filter((session) => !session.isGone)
  }

  #offerTo(subject: string | undefined): void {
    if (subject !== undefined) this.#connection.publish(subject, JSON.stringify(this.offer))
  }

  #question(data: Uint8Array, reply: string | undefined): void {
    const question = parseJson(data)
    if (question === undefined || reply === undefined) return
    const progress = parseSync(question)
    if (progress !== undefined) this.#sync(progress, reply)
    else if ('open' in question) this.#open(question, reply)
  }

  #sync(progress: ReadonlyMap<string, number>, reply: string): void {
    const sync: [string, number][] = []
    for (const [name, taken] of progress) {
      const session = this.#sessions.get(name)
      if (session === undefined) continue
      this.#watch.heard(session)
      session.channel.compare(taken)
      sync.push([name, session.channel.taken])
    }
    this.#connection.publish(reply, JSON.stringify({ sync } satisfies SyncReply))
  }

  #packet(data: Uint8Array, subject: string): void {
    const session = this.#sessions.get(sessionOf(subject))
    if (session === undefined) return
    this.#watch.heard(session)
    session.channel.receive(data)
  }

  #open(question: Readonly<Record<string, unknown>>, reply: string): void {
    const answer = (ok: boolean, why?: string): void =>
      this.#connection.publish(reply, JSON.stringify({ ok, ...(why && { why }) } satisfies OpenReply))
    if (!isOpenRequest(question)) return answer(false, 'the request for a worker is invalid')
    const { client, wire, open } = question
    const why = this.#sessions.has(open) ? undefined : this.#whyNot(client, wire)
    if (why !== undefined) {
      this.#options.onEvent({ type: 'refused', client, why })
      return answer(false, why)
    }
    // Asked twice: the answer was lost.
    if (!this.#sessions.has(open)) this.#lend(question)
    answer(true)
  }

  #whyNot(client: string, wire: number): string | undefined {
    if (wire !== WIRE_VERSION)
      return `it speaks version ${WIRE_VERSION} of the protocol, the client version ${wire}: use the same release for both`
    if (this.#draining) return 'it is about to end'
    return this.#leases.mayHave(client, this.#living()) ? undefined : 'it has no worker to spare'
  }

  #lend(request: OpenRequest): void {
    const { open: name, client } = request
    const subject = this.#subjects.toClient(client, name)
    const publish = (packet: Uint8Array): void => this.#connection.publish(subject, packet)
    const session: AgentSession = new AgentSession({
      request,
      backend: this.#backend,
      allow: this.#allow,
      queue: this.#queue,
      channel: (deliver, broken) =>
        new Channel({ session: name, side: 'agent', store: this.#store, publish, deliver, broken }),
      ended: (why, isDead) => this.#returned(session, why, isDead),
    })
    this.#sessions.set(name, session)
    this.#watch.add(session)
    this.#options.onEvent({ type: 'lent', client, pid: session.pid })
  }

  #returned(session: AgentSession, why: string, isDead: boolean): void {
    const { client, pid } = session
    this.#done += session.done
    this.#watch.remove(session)
    this.#options.onEvent({ type: 'returned', client, pid, why, isDead })
    setTimeout(() => {
      this.#sessions.delete(session.name)
      session.channel.close()
    }, LINGER_MS).unref()
    if (this.#leases.isAskedFor) this.#offerTo(this.#subjects.offers)
    if (this.#living().length === 0) this.#onEmpty?.()
  }

  #cameBack(): void {
    this.#options.onEvent({ type: 'connected', server: this.#connection.nats.getServer() })
    for (const session of this.#sessions.values()) session.channel.resend()
    this.#offerTo(this.#subjects.offers)
  }
}

function disconnected({ connect }: AgentOptions): AgentEvent {
  return { type: 'disconnected', server: connect.servers.join(',') }
}

function isOpenRequest(
  question: Readonly<Record<string, unknown>>,
): question is Readonly<Record<string, unknown>> & OpenRequest {
  const { open, client, id, slot, concurrency, wire } = question
  return (
    [open, client].every((name) => typeof name === 'string' && NAME.test(name)) &&
    [id, slot, concurrency, wire].every((number) => Number.isInteger(number) && (number as number) >= 0) &&
    (concurrency as number) >= 1 &&
    (concurrency as number) <= MAX_CONCURRENCY
  )
}
