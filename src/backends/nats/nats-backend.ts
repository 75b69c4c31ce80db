import type {
  Backend,
  Capabilities,
  LinkEvents,
  WantedWorkers,
  WorkerLink,
  WorkerRoom,
  WorkerSpec,
} from '../../pool/backend.ts'
import { AgentsView } from './agents-view.ts'
import { ClientHub } from './client-hub.ts'
import type { ConnectOptions } from './connect-options.ts'
import { NatsLink } from './nats-link.ts'

const CAPABILITIES: Capabilities = {
  sharedMemory: false,
  transfer: false,
  stopsBlocked: true,
  isolated: true,
  limitsMemory: true,
  parallel: true,
  closures: true,
  // The environment here is none of a worker's on another machine.
  liveEnvironment: true,
  remote: true,
  workerDeaths: 3,
  maxBytes: 2 ** 30,
}

/** Work that waits for a worker, or for the broker, is spoken of after so long, in milliseconds. */
const SPEAK_AFTER_MS = 2_000
/** Who waits for workers asks for them this often, in milliseconds. */
const ASK_MS = 1_000

/** Workers on other machines, which a broker leads to. One object is one connection, made when it is first needed. */
export class NatsBackend implements Backend {
  readonly name: string = 'nats'
  readonly capabilities: Capabilities = CAPABILITIES
  readonly room: WorkerRoom
  readonly #options: ConnectOptions
  readonly #view = new AgentsView()
  readonly #holders = new Set<object>()
  #hub: Promise<ClientHub> | undefined
  /** The same, when it is there. */
  #ready: ClientHub | undefined

  constructor(options: ConnectOptions) {
    this.#options = options
    const free = (): number => this.#view.room
    this.room = {
      get free() {
        return free()
      },
      want: (onRoom, onError) => this.#want(onRoom, onError),
    }
  }

  start(spec: WorkerSpec, events: LinkEvents): WorkerLink {
    // Taken at once: the next question how many there are shall count it.
    const agent = this.#view.take()
    return new NatsLink(spec, events, agent, this.#connected(), (by, keepAlive) => this.#hold(by, keepAlive))
  }

  #want(onRoom: () => void, onError: (error: Error) => void): WantedWorkers {
    const stopListening = this.#view.onRoom(onRoom)
    this.#connected().catch(onError)
    const asking = setInterval(() => this.#ready?.askAround(), ASK_MS).unref()
    const waiting = new Waiting(() => this.#whyNobody())
    return {
      wait: (waits) => {
        waiting.set(waits)
        this.#hold(waiting, waits)
      },
      end: () => {
        stopListening()
        clearInterval(asking)
        waiting.set(false)
        this.#hold(waiting, false)
      },
    }
  }

  #whyNobody(): string {
    const { group, servers } = this.#options
    const where = servers.join(', ')
    if (this.#ready?.isUp !== true) return `the broker at ${where} does not answer; tasks wait for it`
    return `no worker of group "${group}" is at ${where}; tasks wait for one: manyhands worker --server ${where} --group ${group} MODULE`
  }

  #connected(): Promise<ClientHub> {
    if (this.#ready?.isClosed === true) this.#hub = undefined
    if (this.#hub !== undefined) return this.#hub
    const hub = ClientHub.open(this.#options, this.#view)
    this.#hub = hub
    hub.then(
      (ready) => {
        this.#ready = ready
        this.#applyHold()
      },
      // The next attempt may have better luck.
      () => (this.#hub = undefined),
    )
    return hub
  }

  #hold(by: object, keepAlive: boolean): void {
    if (keepAlive) this.#holders.add(by)
    else this.#holders.delete(by)
    this.#applyHold()
  }

  #applyHold(): void {
    this.#ready?.hold(this.#holders.size > 0)
  }
}

/** Says, once it has lasted, that work waits, and why. */
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
