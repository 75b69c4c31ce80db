import { BackendError } from '../../../errors/worker-errors.ts'
import type { QueueSlots } from '../../../pool/backend/queue-slots.ts'
import { monotonicNow } from '../../../util/time.ts'
import type { ClientHub } from '../sessions/client-hub.ts'
import type { PermitNews, Permits } from './permits.ts'

/** A bound is held by this many tickets at most: each stands for as many places as that takes. */
const MOST_TICKETS = 1_000
/** While somebody else needs tickets, and for so long after, none are kept for later, in milliseconds. */
const NEEDED_MS = 1_000
/** Who needs one asks again after so long, in milliseconds, should nobody have said that there are some. */
const AGAIN_MS = 250
/** Whether those who hold tickets are still there is asked this often, in milliseconds. */
const SWEEP_MS = 1_000
/** Tickets that are of no use for so long go back, in milliseconds. */
const KEPT_MS = 250

/** The connection to the group, which is made when it is first needed. */
export interface GroupConnection {
  connected(): Promise<ClientHub>
  /** Keeps the process alive for `by`, or no longer does. */
  hold(by: object, keepAlive: boolean): void
}

/** The group's permits, once there is a connection. */
interface Ready {
  readonly hub: ClientHub
  readonly tickets: Permits
}

/**
 * The places that all clients of a group share.
 *
 * A client takes tickets as it needs them, keeps them for its next tasks, and gives back what it does not use as soon as
 * somebody else needs some: alone it pays for each only once, and together nobody waits for what nobody uses.
 */
export class GroupSlots implements QueueSlots {
  readonly #connection: GroupConnection
  readonly #most: number
  /** Places that a ticket stands for. */
  readonly #perTicket: number
  readonly #tickets: string[] = []
  readonly #listeners = new Set<() => void>()
  #used = 0
  #refused = false
  #asking = false
  #failure: unknown
  #neededAt = -Infinity
  #ready: Ready | undefined
  #sweptAt = -Infinity
  #wake: () => void = () => {}
  #idle: NodeJS.Timeout | undefined

  constructor(connection: GroupConnection, most: number) {
    this.#connection = connection
    this.#perTicket = Math.ceil(most / MOST_TICKETS)
    this.#most = Math.max(1, Math.floor(most / this.#perTicket))
  }

  take(): boolean {
    if (this.#failure !== undefined) throw this.#failure
    clearTimeout(this.#idle)
    if (this.#used < this.#tickets.length * this.#perTicket) {
      this.#used++
      return true
    }
    this.#refused = true
    if (!this.#asking) void this.#ask()
    return false
  }

  give(count: number): void {
    this.#used -= count
    if (this.#refused) queueMicrotask(() => this.#tell())
    else if (monotonicNow() - this.#neededAt < NEEDED_MS) void this.#giveSpare()
    else if (this.#used === 0) this.#idle = setTimeout(() => void this.#giveSpare(), KEPT_MS).unref()
  }

  onFree(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Those who wait try again; `take` says whether somebody still waits. */
  #tell(): void {
    this.#refused = false
    for (const listener of [...this.#listeners]) listener()
  }

  /** Gets one ticket after the other as long as somebody waits for a place. */
  async #ask(): Promise<void> {
    this.#asking = true
    this.#connection.hold(this, true)
    try {
      while (this.#refused) await this.#getOne()
    } catch (error) {
      this.#failure = error
    }
    this.#connection.hold(this, false)
    this.#asking = false
    if (this.#failure === undefined) return
    this.#tell()
    // Those who come later may have better luck.
    this.#failure = undefined
  }

  async #getOne(): Promise<void> {
    const { tickets } = await this.#connected()
    const ticket = await tickets.take().catch((error: unknown) => this.#unlessForGood(error))
    if (ticket !== undefined) {
      this.#tickets.push(ticket)
      this.#tell()
      return
    }
    tickets.tell('needed')
    this.#sweep(tickets)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, AGAIN_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    // Others may have given up meanwhile.
    this.#tell()
  }

  /** A broker that does not answer now will; one that refuses what is asked will not. */
  #unlessForGood(error: unknown): undefined {
    if ((error as { name?: string }).name !== 'JetStreamApiError') return undefined
    const { message } = error as Error
    throw new BackendError(`the broker does not hold the bound "maxQueue" of the group: ${message}`, { cause: error })
  }

  #sweep(tickets: Permits): void {
    const now = monotonicNow()
    if (now - this.#sweptAt < SWEEP_MS) return
    this.#sweptAt = now
    tickets.releaseOrphans().catch(() => {})
  }

  /** Where the last connection was let go, others find that its tickets are of nobody. */
  async #connected(): Promise<Ready> {
    const hub = await this.#connection.connected()
    if (this.#ready?.hub === hub) return this.#ready
    const tickets = hub.permits(this.#most)
    this.#tickets.length = 0
    this.#ready = { hub, tickets }
    tickets.onNews((news) => this.#hear(news))
    hub.onUp(() => {
      for (const ticket of this.#tickets) void tickets.renew(ticket)
    })
    return this.#ready
  }

  #hear(news: PermitNews): void {
    if (news === 'given') return this.#wake()
    this.#neededAt = monotonicNow()
    void this.#giveSpare()
  }

  async #giveSpare(): Promise<void> {
    const needed = Math.ceil(this.#used / this.#perTicket)
    const spare = this.#tickets.splice(needed)
    if (spare.length === 0) return
    const { tickets } = this.#ready as Ready
    // Those that cannot be given back now are found to be of nobody when this client is no more.
    for (const ticket of spare) await tickets.release(ticket).catch(() => {})
    tickets.tell('given')
  }
}
