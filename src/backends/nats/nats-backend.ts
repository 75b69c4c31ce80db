import type {
  Backend,
  Capabilities,
  LinkEvents,
  WantedWorkers,
  WorkerLink,
  WorkerRoom,
  WorkerSpec,
} from '../../pool/backend/backend.ts'
import type { QueueSlots } from '../../pool/backend/queue-slots.ts'
import { SEPARATE_WORKERS } from '../local-workers.ts'
import type { Connector } from './connector.ts'
import { NatsLink } from './sessions/nats-link.ts'
import { PoolShare } from './sessions/pool-share.ts'

const CAPABILITIES: Capabilities = {
  ...SEPARATE_WORKERS,
  // `liveEnvironment`: there is no environment of this process to send changes of.
  remote: true,
  // A message costs about as much as a thousand tasks that do nothing.
  maxBatch: 4_096,
  workerDeaths: 3,
  maxBytes: 2 ** 30,
}

/** Time without a worker, or broker, after which a warning tells that work waits, in milliseconds. */
const SPEAK_AFTER_MS = 2_000
/** Interval of asking for workers while work waits, in milliseconds. */
const ASK_MS = 1_000

/** Workers on other machines, reached through a broker. Each pool has its own share of them, over one connection. */
export class NatsBackend implements Backend {
  readonly name: string = 'nats'
  readonly capabilities: Capabilities = CAPABILITIES
  readonly room: WorkerRoom
  readonly slots: QueueSlots | undefined
  readonly #connector: Connector
  readonly #share: PoolShare

  constructor(connector: Connector) {
    this.#connector = connector
    this.slots = connector.slots
    const share = new PoolShare(connector.view)
    this.#share = share
    this.room = {
      get free() {
        return share.free
      },
      want: (onRoom, onError) => this.#want(onRoom, onError),
    }
  }

  forPool(): Backend {
    return new NatsBackend(this.#connector)
  }

  start(spec: WorkerSpec, events: LinkEvents): WorkerLink {
    const connector = this.#connector
    return new NatsLink(spec, events, {
      share: this.#share,
      hub: connector.connected(),
      hold: (by, keepAlive) => connector.hold(by, keepAlive),
    })
  }

  #want(onRoom: () => void, onError: (error: Error) => void): WantedWorkers {
    const connector = this.#connector
    const stopListening = connector.view.onChange(onRoom)
    connector.connected().catch(onError)
    const asking = setInterval(() => connector.askAround(), ASK_MS).unref()
    const waiting = new Waiting(() => connector.whyNoWorkers())
    const wait = (waits: boolean): void => {
      waiting.set(waits)
      connector.hold(waiting, waits)
    }
    return {
      wait,
      end: () => {
        stopListening()
        clearInterval(asking)
        wait(false)
      },
    }
  }
}

/** Warns that work waits, and why, once it has waited for a while. */
class Waiting {
  readonly #why: () => string
  #timer: NodeJS.Timeout | undefined

  constructor(why: () => string) {
    this.#why = why
  }

  set(waits: boolean): void {
    if (waits === (this.#timer !== undefined)) return
    clearTimeout(this.#timer)
    this.#timer = waits ? setTimeout(() => this.#speak(), SPEAK_AFTER_MS).unref() : undefined
  }

  #speak(): void {
    process.emitWarning(this.#why(), { type: 'ManyhandsWarning', code: 'MH_NO_WORKERS' })
  }
}
