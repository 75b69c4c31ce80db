import { hostname } from 'node:os'

import { WIRE_VERSION } from '../../../wire/protocol/frames.ts'
import { Channel, type ChannelDeps } from '../channel/channel.ts'
import { PayloadStore } from '../channel/payload-store.ts'
import { checkBroker } from '../connection/check-broker.ts'
import { Connection } from '../connection/connection.ts'
import type { ConnectOptions } from '../connection/dial.ts'
import { newName, sessionOf, type Subjects, subjectsOf } from '../connection/subjects.ts'
import {
  type OpenReply,
  type OpenRequest,
  parseJson,
  parseOffer,
  parseSync,
  type SyncReply,
} from '../messages/offer.ts'
import { Permits } from '../slots/permits.ts'
import { AgentsView } from './agents-view.ts'
import { type ClientSession, SessionWatch } from './session-watch.ts'

/** Time to wait for a broker at the start, in milliseconds. */
const PATIENCE_MS = 10_000
/** An agent starts a process before it answers. */
const OPEN_MS = 5_000

/** A client's end of a connection: its view of the group's agents, and its sessions with workers. */
export class ClientHub {
  readonly view: AgentsView
  readonly #connection: Connection
  readonly #subjects: Subjects
  readonly #name = newName()
  readonly #store: PayloadStore
  readonly #sessions = new Map<string, ClientSession>()
  readonly #watch: SessionWatch

  private constructor(connection: Connection, view: AgentsView) {
    this.#connection = connection
    this.view = view
    this.#subjects = subjectsOf(connection.options.group)
    this.#store = new PayloadStore(connection)
    this.#watch = new SessionWatch(connection, {
      subjectOf: (agent) => this.#subjects.agent(agent),
      lost: (agent) => this.#lost(agent),
    })
    connection.subscribe(this.#subjects.toClient(this.#name, '*'), (data, subject) =>
      this.#sessions.get(sessionOf(subject))?.channel.receive(data),
    )
    connection.subscribe(this.#subjects.client(this.#name), (data, _, reply) => this.#sync(data, reply))
    connection.subscribe(this.#subjects.offers, (data) => this.#offered(data))
    connection.subscribe(`${this.#subjects.inbox}.${this.#name}`, (data) => this.#offered(data))
    connection.onUp(() => this.#cameBack())
    this.askAround()
  }

  /** @throws {BackendError} if there is no broker, or it does not let this client in. */
  static async open(options: ConnectOptions, view: AgentsView): Promise<ClientHub> {
    const connection = await Connection.open(options, PATIENCE_MS)
    await checkBroker(connection)
    return new ClientHub(connection, view)
  }

  get isClosed(): boolean {
    return this.#connection.isClosed
  }

  get isUp(): boolean {
    return this.#connection.upSince !== undefined
  }

  onUp(listener: () => void): void {
    this.#connection.onUp(listener)
  }

  onDown(listener: () => void): void {
    this.#connection.onDown(listener)
  }

  hold(keepAlive: boolean): void {
    this.#connection.hold(keepAlive)
  }

  /** Asks all agents for their offers. */
  askAround(): void {
    this.#connection.publish(
      this.#subjects.ask,
      JSON.stringify({ from: hostname() }),
      `${this.#subjects.inbox}.${this.#name}`,
    )
  }

  /** Returns the permits for tasks that wait in the group, of which there are `most`. */
  permits(most: number): Permits {
    return new Permits(this.#connection, this.#name, most)
  }

  /** Asks an agent for a worker. Resolves to the reason why there is none, or undefined if there is one. */
  async request(
    agent: string,
    spec: Pick<OpenRequest, 'open' | 'id' | 'slot' | 'concurrency'>,
  ): Promise<string | undefined> {
    const request: OpenRequest = { ...spec, client: this.#name, wire: WIRE_VERSION }
    const answer = await this.#connection.ask(this.#subjects.agent(agent), JSON.stringify(request), OPEN_MS)
    if (answer === 'nobody') this.view.gone(agent)
    if (typeof answer === 'string') return answer
    const { ok, why = 'refused' } = (parseJson(answer) ?? {}) as Partial<OpenReply>
    return ok === true ? undefined : why
  }

  /** A channel for a session with a worker of an agent. */
  channel(
    agent: string,
    session: string,
    deliver: (message: Uint8Array) => void,
    broken: ChannelDeps['broken'],
  ): Channel {
    const subject = this.#subjects.toAgent(agent, session)
    const publish = (packet: Uint8Array): void => this.#connection.publish(subject, packet)
    return new Channel({ session, side: 'client', store: this.#store, publish, deliver, broken })
  }

  /** A session exists from before it is asked for until its end. */
  enter(end: ClientSession): void {
    this.#sessions.set(end.session, end)
    this.#watch.add(end)
  }

  leave(end: ClientSession): void {
    this.#sessions.delete(end.session)
    this.#watch.remove(end)
  }

  #offered(data: Uint8Array): void {
    const offer = parseOffer(data)
    if (offer !== undefined) this.view.offered(offer)
  }

  /** Answers an agent that has not heard of this client for a while. */
  #sync(data: Uint8Array, reply: string | undefined): void {
    const theirs = parseSync(parseJson(data))
    if (reply === undefined || theirs === undefined) return
    const ours: [string, number][] = []
    // Only the sessions that were asked about: with many agents, all sessions in each answer would be too much.
    for (const session of theirs.keys()) {
      const channel = this.#sessions.get(session)?.channel
      if (channel !== undefined) ours.push([session, channel.taken])
    }
    this.#connection.publish(reply, JSON.stringify({ sync: ours } satisfies SyncReply))
    for (const [session, taken] of theirs) this.#sessions.get(session)?.channel.compare(taken)
  }

  #lost(agent: string): void {
    this.view.gone(agent)
    for (const end of [...this.#sessions.values()]) {
      if (end.agent !== agent) continue
      end.lost()
      this.#store.clear(end.session)
    }
  }

  #cameBack(): void {
    for (const { channel } of this.#sessions.values()) channel.resend()
    this.askAround()
  }
}
