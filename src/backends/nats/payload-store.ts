import type { ObjectStore } from '@nats-io/obj'

import type { Connection } from './connection.ts'
import { subjectsOf } from './subjects.ts'

/** What nobody fetched goes after so long, in milliseconds: its client, or its worker, is no more. */
const KEPT_MS = 3_600_000
/** More in one message is slow on the way, and servers take only so much. */
const MAX_MESSAGE_BYTES = 512 * 1024
/** What goes around a payload in its message. */
const ROOM_BYTES = 1_024
/** Storing or fetching may take so long, in milliseconds, before it is tried again. */
const TIMEOUT_MS = 30_000

/** A gigabyte, the most that is sent, and what goes around it. */
const MAX_PAYLOAD_BYTES = 2 ** 30 + 2 ** 20

/** What is stored is not what any of ours stores. */
export class RefusedPayload extends Error {}

/** Keeps payloads that are too large for a message in the group's object store while they are on their way. */
export class PayloadStore {
  readonly #connection: Connection
  #bucket: Promise<ObjectStore> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
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
    await this.#use((bucket) => bucket.putBlob({ name }, payload))
  }

  /**
   * Undefined where there is no such payload, or no more.
   *
   * @throws {RefusedPayload} where it is larger than any that is sent, or than it says.
   */
  async get(name: string): Promise<Uint8Array | undefined> {
    return await this.#use(async (bucket) => {
      const found = await bucket.get(name)
      if (found === null) return undefined
      const payload = await readAll(found.data, Math.min(found.info.size, MAX_PAYLOAD_BYTES))
      const error = await found.error
      if (error !== null) throw error
      return payload
    })
  }

  /** It has been fetched: nothing of it stays. */
  async remove(name: string): Promise<void> {
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const bucket = await this.#open()
    await bucket.delete(name)
    const manager = await jetstreamManager(this.#connection.nats, { checkAPI: false })
    const { bucket: bucketName } = subjectsOf(this.#connection.options.group)
    const filter = `$O.${bucketName}.M.${Buffer.from(name).toString('base64url')}${padding(name)}`
    await manager.streams.purge(`OBJ_${bucketName}`, { filter })
  }

  async #use<T>(what: (bucket: ObjectStore) => Promise<T>): Promise<T> {
    const bucket = await this.#open()
    try {
      return await within(what(bucket), TIMEOUT_MS)
    } catch (error) {
      // The broker may have lost all that it stored: the next attempt makes a store anew.
      this.#bucket = undefined
      throw error
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
  const [{ Objm }, { nanos }] = await Promise.all([import('@nats-io/obj'), import('@nats-io/transport-node')])
  return new Objm(nats).create(subjectsOf(options.group).bucket, { ttl: nanos(KEPT_MS) })
}

async function readAll(data: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Where it throws the rest is not asked for.
  for await (const chunk of data) {
    size += chunk.length
    if (size > limit) throw new RefusedPayload(`a stored payload is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** A promise that may never settle: what is stored is streamed, and a stream can break off. */
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

/** Object stores name what they keep in base64 with its padding. */
function padding(name: string): string {
  return '='.repeat((3 - (Buffer.byteLength(name) % 3)) % 3)
}
