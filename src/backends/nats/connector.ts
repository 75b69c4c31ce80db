import type { QueueSlots } from '../../pool/backend/queue-slots.ts'
import { monotonicNow } from '../../util/time.ts'
import type { ConnectOptions } from './connection/dial.ts'
import { AgentsView } from './sessions/agents-view.ts'
import { ClientHub } from './sessions/client-hub.ts'
import { GroupSlots } from './slots/group-slots.ts'

/** The most answers of agents per second: every agent answers, so many agents are asked less often. */
const ANSWERS_PER_SECOND = 100

/** A client's way to its broker, shared by all pools of one `nats()`: connected when it is first needed. */
export class Connector {
  readonly view: AgentsView = new AgentsView()
  /** The bound on tasks that wait, if there is one. */
  readonly slots: QueueSlots | undefined
  readonly #options: ConnectOptions
  readonly #holders = new Set<object>()
  #hub: Promise<ClientHub> | undefined
  #ready: ClientHub | undefined
  #askedAt = 0

  /** `maxQueue`: the most tasks that wait for a worker in the group. */
  constructor(options: ConnectOptions, maxQueue: number = Infinity) {
    this.#options = options
    if (maxQueue < Infinity) this.slots = new GroupSlots(this, maxQueue)
  }

  /** Rejects with a {@link BackendError} if there is no broker, or it refuses the client; the next call tries again. */
  connected(): Promise<ClientHub> {
    if (this.#ready?.isClosed === true) this.#hub = undefined
    if (this.#hub !== undefined) return this.#hub
    const hub = ClientHub.open(this.#options, this.view)
    this.#hub = hub
    hub.then(
      (ready) => {
        this.#ready = ready
        this.#applyHold()
      },
      () => (this.#hub = undefined),
    )
    return hub
  }

  /** Asks all agents for their offers. With many agents, does nothing if they were asked not long ago. */
  askAround(): void {
    const now = monotonicNow()
    if (now - this.#askedAt < (this.view.size / ANSWERS_PER_SECOND) * 1_000) return
    this.#askedAt = now
    this.#ready?.askAround()
  }

  /** Keeps the process alive for `by`, or no longer does. */
  hold(by: object, keepAlive: boolean): void {
    if (keepAlive) this.#holders.add(by)
    else this.#holders.delete(by)
    this.#applyHold()
  }

  /** Returns the reason why there is no worker, and what to do. */
  whyNoWorkers(): string {
    const { group, servers } = this.#options
    const where = servers.join(',')
    if (this.#ready?.isUp !== true) return `the broker at ${where} does not answer; tasks wait for it`
    const command = `manyhands worker --server ${where} --group ${group} MODULE`
    return `group "${group}" at ${where} has no worker; tasks wait for one: ${command}`
  }

  #applyHold(): void {
    this.#ready?.hold(this.#holders.size > 0)
  }
}
