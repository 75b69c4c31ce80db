import type { ObjectStore } from '@nats-io/obj'

import { messageOf } from '../../../util/message-of.ts'
import type { Connection } from '../connection/connection.ts'
import { subjectsOf } from '../connection/subjects.ts'

/** Payloads that were never fetched expire after this time, in milliseconds: their client or worker is gone. */
const KEPT_MS = 3_600_000
/** The largest message, in bytes: larger ones are slow, and servers limit them. */
const MAX_MESSAGE_BYTES = 512 * 1024
/** Bytes around a payload in its message. */
const ROOM_BYTES = 1_024
/** Copies in a cluster of servers: one of three may die. */
const REPLICAS = 3
/** Time limit of storing or fetching, in milliseconds, and as much again per `TIMEOUT_BYTES`. */
const TIMEOUT_MS = 6_000
const TIMEOUT_BYTES = 6_000_000

/** Pause between the end of a session and the removal of its payloads, in milliseconds: many may end at once. */
const CLEAR_MS = 500
/** Removing something is tried so often while the broker is there. */
const DISCARD_TRIES = 3
/** The largest payload, in bytes: a gigabyte, and its frame. */
const MAX_PAYLOAD_BYTES = 2 ** 30 + 2 ** 20

/** Thrown for a stored payload that no client or agent of this package would store. */
export class RefusedPayload extends Error {}

/** Keeps payloads that are too large for a message in the group's object store while they are on their way. */
export class PayloadStore {
  readonly #connection: Connection
  #bucket: Promise<ObjectStore> | undefined
  /** Payloads that could not be removed while the broker was away. */
  readonly #leftOver = new Set<string>()
  /** Sessions that are over, whose payloads are still to be removed. */
  readonly #over = new Set<string>()
  /** Rejects operations that wait for an answer when the connection breaks. */
  readonly #onBreak = new Set<(error: Error) => void>()

  constructor(connection: Connection) {
    this.#connection = connection
    connection.onUp(() => this.#cameBack())
    connection.onDown(() => {
      for (const end of this.#onBreak) end(new Error('the connection broke'))
    })
  }

  /** Payloads above this size, in bytes, are kept here. */
  get limit(): number {
    return Math.min(MAX_MESSAGE_BYTES, this.#connection.maxPayload - ROOM_BYTES)
  }

  /** It makes sense to try. */
  get isUp(): boolean {
    return this.#connection.upSince !== undefined
  }

  async put(name: string, payload: Uint8Array): Promise<void> {
    // Each piece is answered before the next one is sent.
    const meta = { name, options: { max_chunk_size: this.limit } }
    await this.#use((bucket) => within(bucket.putBlob(meta, payload), timeFor(payload.length)))
  }

  /**
   * Resolves to the payload; undefined if there is none of this name any more.
   *
   * @throws {RefusedPayload} if it is larger than any that is sent, or than it claims.
   */
  async get(name: string): Promise<Uint8Array | undefined> {
    return await this.#use(async (bucket) => {
      const found = await within(bucket.get(name), timeFor(0))
      if (found === null) return undefined
      const { size } = found.info
      const payload = await within(readAll(found.data, Math.min(size, MAX_PAYLOAD_BYTES)), timeFor(size))
      const error = await found.error
      // The package gives undefined, although its types say null.
      if (error) throw error
      return payload
    })
  }

  /** Removes a payload that was fetched, or is not needed. If the broker is away, it is removed later. */
  discard(name: string, tries: number = DISCARD_TRIES): void {
    this.#remove(name).catch((error: unknown) => {
      if (!this.isUp) this.#leftOver.add(name)
      else if (tries > 1 && !/not found/.test(messageOf(error)))
        setTimeout(() => this.discard(name, tries - 1), CLEAR_MS).unref()
    })
  }

  #cameBack(): void {
    const names = [...this.#leftOver]
    this.#leftOver.clear()
    for (const name of names) this.discard(name)
  }

  async #remove(name: string): Promise<void> {
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const bucket = await this.#open()
    await bucket.delete(name)
    const manager = await jetstreamManager(this.#connection.nats, { checkAPI: false })
    const { bucket: bucketName } = subjectsOf(this.#connection.options.group)
    const filter = `$O.${bucketName}.M.${Buffer.from(name).toString('base64url')}${padding(name)}`
    await manager.streams.purge(`OBJ_${bucketName}`, { filter })
  }

  /** Removes all payloads of a session that is over. */
  clear(session: string): void {
    if (this.#over.size === 0) setTimeout(() => void this.#clearAll(), CLEAR_MS).unref()
    this.#over.add(session)
  }

  async #clearAll(): Promise<void> {
    const sessions = [...this.#over]
    this.#over.clear()
    try {
      const bucket = await this.#open()
      for (const { name } of await bucket.list()) {
        if (sessions.some((session) => name.startsWith(`${session}.`))) await this.#remove(name)
      }
    } catch {
      // It goes by itself after a while.
    }
  }

  async #use<T>(what: (bucket: ObjectStore) => Promise<T>): Promise<T> {
    const bucket = await this.#open()
    try {
      return await this.#unlessBroken(what(bucket))
    } catch (error) {
      // The broker may have lost its store: the next attempt creates it again.
      this.#bucket = undefined
      throw error
    }
  }

  async #unlessBroken<T>(work: Promise<T>): Promise<T> {
    let end: (error: Error) => void = () => {}
    const broken = new Promise<never>((_, reject) => this.#onBreak.add((end = reject)))
    try {
      return await Promise.race([work, broken])
    } finally {
      this.#onBreak.delete(end)
    }
  }

  #open(): Promise<ObjectStore> {
    this.#bucket ??= openBucket(this.#connection)
    // The next attempt may have better luck.
    this.#bucket.catch(() => (this.#bucket = undefined))
    return this.#bucket
  }
}

async function openBucket({ nats, options }: Connection): Promise<ObjectStore> {
  const [{ Objm, setSha256Backend }, { nanos }] = await Promise.all([
    import('@nats-io/obj'),
    import('@nats-io/transport-node'),
  ])
  // The package's own hash takes 15 ms per megabyte.
  setSha256Backend('native')
  const create = (replicas: number): Promise<ObjectStore> =>
    new Objm(nats).create(subjectsOf(options.group).bucket, { ttl: nanos(KEPT_MS), replicas })
  if (nats.info?.cluster === undefined) return create(1)
  // A cluster that has fewer servers now does with one copy.
  return create(REPLICAS).catch(() => create(1))
}

async function readAll(data: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  // After a throw the rest is not requested.
  for await (const chunk of data) {
    size += chunk.length
    if (size > limit) throw new RefusedPayload(`a stored payload is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function timeFor(bytes: number): number {
  return TIMEOUT_MS * (1 + Math.min(bytes, MAX_PAYLOAD_BYTES) / TIMEOUT_BYTES)
}

/** Rejects if a promise takes too long: stored payloads are streamed, and a stream can break off. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${ms} ms`)), ms).unref()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Returns the base64 padding of a name, which object stores use for names. */
function padding(name: string): string {
  return '='.repeat((3 - (Buffer.byteLength(name) % 3)) % 3)
}
