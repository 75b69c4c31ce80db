import type { Socket } from 'node:net'

import type { NatsConnection, RequestError } from '@nats-io/transport-node'

import { monotonicNow } from '../../../util/time.ts'
import { type ConnectOptions, dial } from './dial.ts'

/** While the connection is in use the server must answer this often, in milliseconds. */
const PING_MS = 2_000
/** Pings without an answer after which the connection counts as broken, and a new one is tried. */
const MAX_PINGS = 3
/** Time for both sides to come back after a break, in milliseconds: until then neither gives the other up. */
const SETTLE_MS = 2_500

/** The result of a question: its answer, or why there is none. `nobody` is certain, `silence` may have many reasons. */
export type Answer = Uint8Array | 'nobody' | 'silence'

/** Parts of a connection that its package does not expose. */
interface Inner {
  readonly protocol?: {
    readonly transport?: { readonly socket?: Socket }
    readonly heartbeats?: { readonly timer?: NodeJS.Timeout }
  }
}

/** A connection to a broker. It reconnects by itself; it keeps the process alive only while it is held. */
export class Connection {
  readonly options: ConnectOptions
  readonly nats: NatsConnection
  /** When it last came up, on the monotonic clock; undefined while it is down. */
  upSince: number | undefined = monotonicNow()
  readonly #onUp = new Set<() => void>()
  readonly #onDown = new Set<() => void>()
  #held = true
  #pinger: NodeJS.Timeout | undefined
  #unanswered = 0
  #broke = false

  private constructor(options: ConnectOptions, nats: NatsConnection) {
    this.options = options
    this.nats = nats
    void this.#follow()
    this.hold(false)
  }

  /**
   * Connects; if no server listens, tries again for `patience` milliseconds, and calls `onWait` once.
   *
   * @throws {BackendError} that says what to do.
   */
  static async open(options: ConnectOptions, patience: number, onWait?: () => void): Promise<Connection> {
    return new Connection(options, await dial(options, patience, onWait))
  }

  /** True if it never broke, or came back so long ago that the other side must be back, too. */
  get isSettled(): boolean {
    return this.upSince !== undefined && (!this.#broke || monotonicNow() - this.upSince > SETTLE_MS)
  }

  get isClosed(): boolean {
    return this.nats.isClosed()
  }

  /** The largest message that the server takes, in bytes. */
  get maxPayload(): number {
    return this.nats.info?.max_payload ?? 2 ** 20
  }

  /** Publishes a message. While the connection is down messages are lost: senders repeat them when it is up. */
  publish(subject: string, payload: Uint8Array | string, reply?: string): void {
    if (this.upSince === undefined || this.isClosed) return
    this.nats.publish(subject, payload, reply === undefined ? {} : { reply })
  }

  subscribe(subject: string, take: (data: Uint8Array, subject: string, reply: string | undefined) => void): void {
    this.nats.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) take(message.data, message.subject, message.reply)
      },
    })
  }

  /** Asks a client or agent that may be there. */
  async ask(subject: string, payload: Uint8Array | string, timeout: number): Promise<Answer> {
    if (this.upSince === undefined || this.isClosed) return 'silence'
    try {
      return (await this.nats.request(subject, payload, { timeout })).data
    } catch (error) {
      return (error as Partial<RequestError>).isNoResponders?.() === true ? 'nobody' : 'silence'
    }
  }

  /** Calls when the connection has come back. */
  onUp(listener: () => void): void {
    this.#onUp.add(listener)
  }

  /** Calls when the connection has broken. */
  onDown(listener: () => void): void {
    this.#onDown.add(listener)
  }

  /** Keeps the process alive, and watches the connection, or does neither. */
  hold(keepAlive: boolean): void {
    if (this.#held === keepAlive) return
    this.#held = keepAlive
    this.#applyHold()
  }

  async close(): Promise<void> {
    clearInterval(this.#pinger)
    await this.nats.close()
  }

  /** An idle connection does not reconnect, which would keep the process alive. */
  #applyHold(): void {
    clearInterval(this.#pinger)
    this.#unanswered = 0
    const { protocol } = this.nats as unknown as Inner
    protocol?.heartbeats?.timer?.unref()
    if (this.#held) {
      protocol?.transport?.socket?.ref()
      this.#pinger = setInterval(() => this.#ping(), PING_MS).unref()
    } else {
      protocol?.transport?.socket?.unref()
      if (this.upSince === undefined) void this.close()
    }
  }

  #ping(): void {
    if (this.upSince === undefined) return
    if (++this.#unanswered > MAX_PINGS) {
      this.#unanswered = 0
      this.nats.reconnect().catch(() => {})
      return
    }
    this.nats.flush().then(
      () => (this.#unanswered = 0),
      () => {},
    )
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.nats.status()) {
      if (type === 'disconnect') this.#down()
      else if (type === 'reconnect') this.#up()
    }
    this.upSince = undefined
  }

  #up(): void {
    this.upSince = monotonicNow()
    this.#applyHold()
    for (const listener of this.#onUp) listener()
  }

  #down(): void {
    if (this.upSince === undefined) return
    this.#broke = true
    this.upSince = undefined
    for (const listener of this.#onDown) listener()
    if (!this.#held) void this.close()
  }
}
