import { BackendError } from '../../../errors/worker-errors.ts'
import type { QueueSlots } from '../../../pool/backend/queue-slots.ts'
import { monotonicNow } from '../../../util/time.ts'
import type { ClientHub } from '../sessions/client-hub.ts'
import type { PermitNews, Permits } from './permits.ts'

/** The most permits for a bound: above it each permit stands for several slots. */
const MOST_PERMITS = 1_000
/** Time after another client needed permits in which none are kept for later, in milliseconds. */
const NEEDED_MS = 1_000
/** Pause before a refused client asks again, in milliseconds, if no client announces permits. */
const AGAIN_MS = 250
/** Interval of looking for permits of clients that are gone, in milliseconds. */
const SWEEP_MS = 1_000
/** Permits that are not used for this long are released, in milliseconds. */
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
  readonly permits: Permits
}

/**
 * The queue slots that all clients of a group share.
 *
 * A client acquires permits as it needs them, and keeps them for its next tasks: a single client acquires each permit
 * once. If there are several clients, unused permits are released on demand.
 */
export class GroupSlots implements QueueSlots {
  readonly #connection: GroupConnection
  readonly #most: number
  /** Slots that a permit stands for. */
  readonly #perPermit: number
  readonly #permits: string[] = []
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
    this.#perPermit = Math.ceil(most / MOST_PERMITS)
    this.#most = Math.max(1, Math.floor(most / this.#perPermit))
  }

  take(): boolean {
    if (this.#failure !== undefined) throw this.#failure
    clearTimeout(this.#idle)
    if (this.#used < this.#permits.length * this.#perPermit) {
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
    else if (monotonicNow() - this.#neededAt < NEEDED_MS) void this.#releaseSpare()
    else if (this.#used === 0) this.#idle = setTimeout(() => void this.#releaseSpare(), KEPT_MS).unref()
  }

  onFree(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls the listeners, which try again; `take` then notes if some of them still wait. */
  #tell(): void {
    this.#refused = false
    for (const listener of [...this.#listeners]) listener()
  }

  /** Gets one permit after the other as long as a task waits for a slot. */
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
    // Later attempts may succeed.
    this.#failure = undefined
  }

  async #getOne(): Promise<void> {
    const { permits } = await this.#connected()
    const permit = await permits.take().catch((error: unknown) => this.#unlessForGood(error))
    if (permit !== undefined) {
      this.#permits.push(permit)
      this.#tell()
      return
    }
    permits.tell('needed')
    this.#sweep(permits)
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

  /** Ignores errors of a broker that does not answer now; throws those of one that refuses the stream. */
  #unlessForGood(error: unknown): undefined {
    if ((error as { name?: string }).name !== 'JetStreamApiError') return undefined
    const { message } = error as Error
    throw new BackendError(`the broker cannot enforce the bound "maxQueue" of the group: ${message}`, { cause: error })
  }

  #sweep(permits: Permits): void {
    const now = monotonicNow()
    if (now - this.#sweptAt < SWEEP_MS) return
    this.#sweptAt = now
    permits.releaseOrphans().catch(() => {})
  }

  /** Resolves to the connection. If the last one was given up, others find that its permits have no owner. */
  async #connected(): Promise<Ready> {
    const hub = await this.#connection.connected()
    if (this.#ready?.hub === hub) return this.#ready
    const permits = hub.permits(this.#most)
    this.#permits.length = 0
    this.#ready = { hub, permits }
    permits.onNews((news) => this.#hear(news))
    hub.onUp(() => {
      for (const permit of this.#permits) void permits.renew(permit)
    })
    return this.#ready
  }

  #hear(news: PermitNews): void {
    if (news === 'given') return this.#wake()
    this.#neededAt = monotonicNow()
    void this.#releaseSpare()
  }

  async #releaseSpare(): Promise<void> {
    const needed = Math.ceil(this.#used / this.#perPermit)
    const spare = this.#permits.splice(needed)
    if (spare.length === 0) return
    const { permits } = this.#ready as Ready
    // Permits that cannot be released now are released by others when this client is gone.
    for (const permit of spare) await permits.release(permit).catch(() => {})
    permits.tell('given')
  }
}
