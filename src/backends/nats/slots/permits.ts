import type { JetStreamApiError, JetStreamClient, JetStreamManager, StreamConfig } from '@nats-io/jetstream'

import type { Connection } from '../connection/connection.ts'
import { newName, type Subjects, subjectsOf } from '../connection/subjects.ts'
import { parseJson } from '../messages/offer.ts'

/** The server's codes: nothing could be stored, there is no such stream, there is one with another bound. */
const NOT_STORED = 10_077
const NO_STREAM = 10_059
const OTHER_STREAM = 10_058
/** Questions in a row that found no subscriber on a client's subject, after which its permits are released. */
const ABSENCES = 2
const ANSWER_MS = 1_000

/** News of a client about permits: it needs some, or has released some. */
export type PermitNews = 'needed' | 'given'

/** The streams of a server. */
interface Streams {
  readonly manager: JetStreamManager
  readonly client: JetStreamClient
}

/**
 * A stream of the group that holds one message per permit, and no more than there may be permits: a client that can add a
 * message has the permit. So the server itself enforces the bound, however many clients ask at the same time.
 */
export class Permits {
  readonly #connection: Connection
  readonly #client: string
  readonly #most: number
  readonly #subjects: Subjects
  #streams: Promise<Streams> | undefined
  /** Clients with permits that were not subscribed, and how many times in a row. */
  #absent = new Map<string, number>()

  constructor(connection: Connection, client: string, most: number) {
    this.#connection = connection
    this.#client = client
    this.#most = most
    this.#subjects = subjectsOf(connection.options.group)
  }

  /** Resolves to a permit; undefined if all are taken. Rejects if the server cannot be reached. */
  async take(): Promise<string | undefined> {
    const permit = this.#subjects.permit(this.#client, newName())
    try {
      await this.#put(permit)
      return permit
    } catch (error) {
      if (codeOf(error) === NOT_STORED && /maximum messages/.test((error as Error).message)) return undefined
      // The server may have come back without its streams.
      this.#streams = undefined
      throw error
    }
  }

  /** Takes a permit again that this client has: a server that came back may have lost it. */
  async renew(permit: string): Promise<void> {
    this.#streams = undefined
    await this.#put(permit).catch(() => {})
  }

  async release(permit: string): Promise<void> {
    const { manager } = await this.#open()
    await manager.streams.purge(this.#subjects.queue, { filter: permit })
  }

  /** Releases the permits of clients that are gone. */
  async releaseOrphans(): Promise<void> {
    const { manager } = await this.#open()
    const { state } = await manager.streams.info(this.#subjects.queue, {
      subjects_filter: this.#subjects.permit('*', '*'),
    })
    const holders = new Set(Object.keys(state.subjects ?? {}).map((subject) => subject.split('.').at(-2) as string))
    holders.delete(this.#client)
    const absent = new Map<string, number>()
    const asked = await Promise.all([...holders].map(async (holder) => [holder, await this.#isThere(holder)] as const))
    for (const [holder, isThere] of asked) {
      if (isThere) continue
      const times = (this.#absent.get(holder) ?? 0) + 1
      if (times < ABSENCES) absent.set(holder, times)
      else await manager.streams.purge(this.#subjects.queue, { filter: this.#subjects.permit(holder, '*') })
    }
    this.#absent = absent
  }

  /** Tells the other clients of the group. */
  tell(news: PermitNews): void {
    this.#connection.publish(this.#subjects.permitNews, JSON.stringify({ tickets: news, from: this.#client }))
  }

  /** Calls the listener with the news of other clients of the group. */
  onNews(listener: (news: PermitNews) => void): void {
    this.#connection.subscribe(this.#subjects.permitNews, (data) => {
      const { tickets, from } = parseJson(data) ?? {}
      if (from !== this.#client && (tickets === 'needed' || tickets === 'given')) listener(tickets)
    })
  }

  async #isThere(holder: string): Promise<boolean> {
    const answer = await this.#connection.ask(this.#subjects.client(holder), JSON.stringify({ sync: [] }), ANSWER_MS)
    return answer !== 'nobody'
  }

  async #put(permit: string): Promise<void> {
    const { client } = await this.#open()
    await client.publish(permit, '')
  }

  #open(): Promise<Streams> {
    const streams = (this.#streams ??= this.#make())
    streams.catch(() => (this.#streams = undefined))
    return streams
  }

  /** Opens the stream. It is kept in memory: permits mean nothing without the clients that hold them. */
  async #make(): Promise<Streams> {
    const { jetstream, jetstreamManager } = await import('@nats-io/jetstream')
    const manager = await jetstreamManager(this.#connection.nats, { checkAPI: false })
    const config: Partial<StreamConfig> & { name: string } = {
      name: this.#subjects.queue,
      subjects: [this.#subjects.permit('*', '*')],
      storage: 'memory',
      discard: 'new',
      max_msgs: this.#most,
      max_msgs_per_subject: 1,
    }
    // The last client to set a bound wins.
    const update = (): Promise<unknown> => manager.streams.update(config.name, config)
    await update()
      .catch(unless(NO_STREAM, () => manager.streams.add(config)))
      .catch(unless(OTHER_STREAM, update))
    return { manager, client: jetstream(this.#connection.nats) }
  }
}

/** Handles one kind of error, and rejects with all others. */
function unless(code: number, answer: () => Promise<unknown>): (error: unknown) => Promise<unknown> {
  return (error) => (codeOf(error) === code ? answer() : Promise.reject(error))
}

function codeOf(error: unknown): number | undefined {
  return (error as Partial<JetStreamApiError>).code
}
