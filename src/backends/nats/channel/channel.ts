import { messageOf } from '../../../util/message-of.ts'
import { monotonicNow } from '../../../util/time.ts'
import {
  decodePacket,
  encodePacket,
  encodeSeveral,
  LOST,
  MESSAGE,
  MISSING,
  type Packet,
  packetsIn,
  sizeAmongSeveral,
  STORED,
  TAKEN,
} from './packet.ts'
import { type PayloadStore, RefusedPayload } from './payload-store.ts'

/** Messages, and bytes, taken without one to send, after which the other side is told: until then it keeps them. */
const TELL_EVERY = 256
const TELL_BYTES = 2 ** 20
/** Pause before a payload that could not be stored or fetched is tried again, in milliseconds, and the most tries. */
const RETRY_MS = 500
const MAX_TRIES = 20
/** Messages in flight for longer than this while the other side is heard of, in milliseconds, were lost. */
const LOST_MS = 250
/** Tries while the store is full. It may have room when others' payloads have arrived, which takes less time. */
const FULL_TRIES = 6

/** The parts that a channel works with. */
export interface ChannelDeps {
  /** The session's name, which is the same on both sides. */
  readonly session: string
  /** The side that this is. */
  readonly side: 'client' | 'agent'
  readonly store: PayloadStore
  /** Sends a packet, which may be lost. */
  publish(packet: Uint8Array): void
  /** Called with each message of the other side, once and in order. */
  deliver(message: Uint8Array): void
  /** Called when the channel breaks. May return a last message, to be sent in place of the one that could not be. */
  broken(error: Error): Uint8Array | undefined
}

/** A message that the other side may not have. */
interface Sent {
  readonly seq: number
  message: Uint8Array
  /** The name under which it is stored, if it is. */
  stored: string | undefined
  tries: number
}

/**
 * The messages of a session, both ways: each arrives once and in order, whatever happens to the broker in between.
 *
 * Messages are numbered and kept until the other side has taken them; lost ones are sent again. So the broker need not
 * keep anything: if it restarts, or loses its store, that costs a little time and nothing else.
 */
export class Channel {
  readonly #deps: ChannelDeps
  /** Sent and not known to be taken, oldest first. */
  #open: Sent[] = []
  /** Messages of `#open` that wait until they, or one before them, are stored. */
  readonly #unstored: Sent[] = []
  /** Messages of `#open` that were not published yet, and that the next packet carries. */
  #kept: Sent[] = []
  #flushesSoon = false
  #storing = false
  #lastSeq = 0
  /** Packets of the other side that have come, in order, and are not delivered: one before them is being fetched. */
  readonly #arrived: Packet[] = []
  #arrivedSeq = 0
  #taken = 0
  #told = 0
  /** Bytes taken since the other side was told. */
  #untold = 0
  #asked = -1
  #fetching = false
  #tries = 0
  /** The oldest message that the other side has not taken, and since when it is that. */
  #stalledAt = -1
  #stalledSince = 0
  /** The time at which the other side was last heard of. */
  #heardAt = monotonicNow()
  #closed = false
  /** The last message has been sent. */
  #ending = false

  constructor(deps: ChannelDeps) {
    this.#deps = deps
  }

  /** Messages of the other side that were delivered. */
  get taken(): number {
    return this.#taken
  }

  /** The time of the last packet of the other side, on the monotonic clock. */
  get heardAt(): number {
    return this.#heardAt
  }

  /** Sends a message now, and with it all that were kept. */
  send(message: Uint8Array): void {
    this.keep(message)
    this.flush()
  }

  /** Sends a message together with all others of this turn of the event loop. */
  sendSoon(message: Uint8Array): void {
    this.keep(message)
    if (this.#flushesSoon) return
    this.#flushesSoon = true
    queueMicrotask(() => {
      this.#flushesSoon = false
      this.flush()
    })
  }

  /** Takes a message that waits for the next {@link flush}. One that is too large for a packet is stored at once. */
  keep(message: Uint8Array): void {
    if (this.#closed || this.#ending) return
    const sent: Sent = { seq: ++this.#lastSeq, message, stored: undefined, tries: 0 }
    this.#open.push(sent)
    if (this.#storing || message.length > this.#deps.store.limit) {
      this.flush()
      this.#unstored.push(sent)
      if (!this.#storing) void this.#storeAll()
    } else this.#kept.push(sent)
  }

  /** Sends all messages that were kept, in as few packets as they fit in. */
  flush(): void {
    if (this.#kept.length === 0) return
    const kept = this.#kept
    this.#kept = []
    this.#publishAll(kept)
  }

  receive(data: Uint8Array): void {
    const packet = decodePacket(data)
    if (packet === undefined || this.#closed) return
    this.#heardAt = monotonicNow()
    this.#forget(packet.taken)
    if (packet.kind === MISSING) this.resend()
    else if (packet.kind === LOST) void this.#storeAgain(packet.seq)
    else if (packet.kind !== TAKEN) for (const one of packetsIn(packet)) this.#arrive(one)
  }

  /** Called with the number of messages that the other side has taken. One that it has not taken after a while was lost. */
  compare(taken: number): void {
    this.#forget(taken)
    const seq = this.#open[0]?.seq ?? -1
    const now = monotonicNow()
    const isStalled = seq !== -1 && seq === this.#stalledAt
    if (isStalled && now - this.#stalledSince < LOST_MS) return
    this.#stalledAt = seq
    this.#stalledSince = now
    if (isStalled) this.resend()
  }

  /** Sends all again that the other side may not have. */
  resend(): void {
    this.#kept = []
    const unstored = this.#unstored[0]
    this.#publishAll(unstored === undefined ? this.#open : this.#open.slice(0, this.#open.indexOf(unstored)))
  }

  /** Sends what was kept, and nothing more. */
  close(): void {
    this.flush()
    this.#closed = true
    for (const sent of this.#open) if (sent.tries > 0) this.#discard(sent)
    this.#open = []
    this.#unstored.length = 0
    this.#arrived.length = 0
  }

  /** Publishes messages in order: those that fit into a packet together, and stored ones alone. */
  #publishAll(all: readonly Sent[]): void {
    let together: Sent[] = []
    let room = 0
    const publish = (): void => {
      if (together.length === 1) this.#publish(together[0] as Sent)
      else if (together.length > 1) this.#publishSeveral(together)
      together = []
      room = this.#deps.store.limit
    }
    for (const sent of all) {
      const size = sizeAmongSeveral(sent.message)
      if (sent.stored !== undefined || size > room) publish()
      if (sent.stored !== undefined) this.#publish(sent)
      else {
        together.push(sent)
        room -= size
      }
    }
    publish()
  }

  #publishSeveral(all: readonly Sent[]): void {
    this.#tells()
    const messages = all.map(({ message }) => message)
    this.#deps.publish(encodeSeveral((all[0] as Sent).seq, this.#taken, messages))
  }

  #publish({ seq, message, stored }: Sent): void {
    this.#tells()
    const body = stored === undefined ? message : Buffer.from(stored)
    this.#deps.publish(encodePacket(stored === undefined ? MESSAGE : STORED, seq, this.#taken, body))
  }

  /** Called with each packet, which tells how far the other side's messages have been taken. */
  #tells(): void {
    this.#told = this.#taken
    this.#untold = 0
  }

  #tell(kind: number, seq: number): void {
    this.#tells()
    this.#deps.publish(encodePacket(kind, seq, this.#taken))
  }

  #forget(taken: number): void {
    let count = 0
    while ((this.#open[count]?.seq ?? Infinity) <= taken) count++
    if (count === 0) return
    // The other side removes the one that it fetched. If storing took several tries, there may be others.
    for (const sent of this.#open.splice(0, count)) if (sent.tries > 1) this.#discard(sent)
  }

  #arrive(packet: Packet): void {
    if (this.#closed) return
    if (packet.seq > this.#arrivedSeq + 1) return this.#askForMissing()
    const [waiting] = this.#arrived
    // Stored again under another name.
    if (packet.seq === waiting?.seq) this.#arrived[0] = packet
    if (packet.seq !== this.#arrivedSeq + 1) return
    this.#arrivedSeq++
    this.#arrived.push(packet)
    if (!this.#fetching) this.#deliverAll()
  }

  /** Asks once for each gap; if the question is lost, `compare` notices. */
  #askForMissing(): void {
    if (this.#asked === this.#arrivedSeq) return
    this.#asked = this.#arrivedSeq
    this.#tell(MISSING, this.#arrivedSeq)
  }

  #deliverAll(): void {
    for (let packet = this.#arrived[0]; packet !== undefined; packet = this.#arrived[0]) {
      if (packet.kind === STORED) return void this.#fetch(packet)
      this.#deliver(packet.body)
    }
    if (this.#taken - this.#told >= TELL_EVERY || this.#untold >= TELL_BYTES) this.#tell(TAKEN, 0)
  }

  #deliver(message: Uint8Array): void {
    this.#arrived.shift()
    this.#taken++
    this.#untold += message.length
    this.#deps.deliver(message)
  }

  async #fetch(packet: Packet): Promise<void> {
    this.#fetching = true
    const name = Buffer.from(packet.body).toString()
    const { store } = this.#deps
    let refused: RefusedPayload | undefined
    const message = isOf(name, this.#deps.session)
      ? await store.get(name).catch((error: unknown) => void (error instanceof RefusedPayload && (refused = error)))
      : undefined
    this.#fetching = false
    if (this.#closed) return
    if (refused !== undefined) return this.#break(refused.message)
    if (message === undefined) return this.#missed(packet, name)
    this.#tries = 0
    store.discard(name)
    this.#deliver(message)
    this.#tell(TAKEN, 0)
    this.#deliverAll()
  }

  /** The store has lost it: the other side has it still. */
  #missed({ seq }: Packet, name: string): void {
    if (++this.#tries > MAX_TRIES && this.#deps.store.isUp)
      return this.#break(`the object store of the broker does not have ${name}`)
    this.#tell(LOST, seq)
    setTimeout(() => {
      if (!this.#fetching) this.#deliverAll()
    }, RETRY_MS).unref()
  }

  async #storeAll(): Promise<void> {
    this.#storing = true
    for (let sent = this.#unstored[0]; sent !== undefined && !this.#closed; sent = this.#unstored[0]) {
      if (sent.message.length > this.#deps.store.limit && !(await this.#store(sent))) continue
      if (this.#closed) break
      this.#unstored.shift()
      this.#publish(sent)
    }
    this.#storing = false
  }

  async #storeAgain(seq: number): Promise<void> {
    const sent = this.#open.find((one) => one.seq === seq)
    if (sent?.stored !== undefined && (await this.#store(sent)) && !this.#closed) this.#publish(sent)
  }

  async #store(sent: Sent): Promise<boolean> {
    const name = this.#nameOf(sent, ++sent.tries)
    try {
      await this.#deps.store.put(name, sent.message)
      sent.stored = name
      // It may have arrived meanwhile, or the channel is closed.
      if (!this.#open.includes(sent)) this.#discard(sent)
      return true
    } catch (error) {
      const isFull = FULL.test(messageOf(error))
      if (sent.tries >= (isFull ? FULL_TRIES : MAX_TRIES) && this.#deps.store.isUp)
        this.#break(
          isFull ? noRoomFor(sent.message) : `the broker's object store takes nothing: ${messageOf(error)}`,
          sent,
        )
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      return false
    }
  }

  /** Removes all stored copies of a message. */
  #discard(sent: Sent): void {
    for (let attempt = 1; attempt <= sent.tries; attempt++) this.#deps.store.discard(this.#nameOf(sent, attempt))
  }

  #nameOf({ seq }: Sent, attempt: number): string {
    return `${this.#deps.session}.${this.#deps.side}.${seq}.${attempt}`
  }

  #break(why: string, unsent?: Sent): void {
    const last = this.#deps.broken(new Error(why))
    if (last === undefined || unsent === undefined || this.#closed) return this.close()
    this.#unstored.length = 0
    this.#open.splice(this.#open.indexOf(unsent) + 1)
    this.#ending = true
    unsent.message = last
    unsent.stored = undefined
    this.#publish(unsent)
  }
}

/** Words in servers' messages when one of their limits is reached, or the disk is full. */
const FULL = /insufficient|exceeded|no space/i

function noRoomFor({ length }: Uint8Array): string {
  const size = `${(length / 1e6).toFixed(1)} MB`
  return `the broker's object store is full: it has no room for a payload of ${size} (max_file_store in its configuration)`
}

/** Tells if a name is one of this session. Names come from the other side, which must not read anything else. */
function isOf(name: string, session: string): boolean {
  return name.startsWith(`${session}.`)
}
