import { describeDeath, type WorkerDeath } from '../../../errors/task-errors.ts'
import type { Backend, WorkerLink } from '../../../pool/backend/backend.ts'
import { monotonicNow } from '../../../util/time.ts'
import type { RunningItem } from '../../../wire/protocol/beacon.ts'
import type { AllowFrame, WorkerFrame } from '../../../wire/protocol/frames.ts'
import { serialize } from '../../../wire/protocol/v8-bytes.ts'
import type { Channel, ChannelDeps } from '../channel/channel.ts'
import type { OpenRequest } from '../messages/offer.ts'
import {
  type AgedItem,
  type ClientWord,
  decodeMessage,
  encodeFrameMessage,
  encodeWord,
} from '../messages/session-message.ts'
import type { Session, FairQueue } from './fair-queue.ts'

/** The parts that a session works with. */
export interface SessionDeps {
  readonly request: OpenRequest
  readonly backend: Backend
  readonly allow: AllowFrame
  readonly queue: FairQueue
  channel(deliver: (message: Uint8Array) => void, broken: ChannelDeps['broken']): Channel
  /** Called when the worker is gone; the client may not know yet. */
  ended(why: string, isDead: boolean): void
}

/** A worker process that is lent to a client, and the channel between the two. */
export class AgentSession {
  readonly client: string
  readonly name: string
  readonly channel: Channel
  /** Batches that were done. */
  done = 0
  readonly #deps: SessionDeps
  readonly #link: WorkerLink
  readonly #turn: Session
  #gone = false

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.client = deps.request.client
    this.name = deps.request.open
    this.channel = deps.channel(
      (message) => this.#receive(message),
      (error) => this.#broke(error),
    )
    this.#turn = deps.queue.enter(this.client)
    const { id, slot, concurrency } = deps.request
    this.#link = deps.backend.start(
      { id, slot, concurrency, env: withoutSecrets(), execArgv: undefined, resourceLimits: undefined },
      {
        frame: (frame) => this.#frame(frame),
        exit: (death, running) => this.#exited(death, running),
        leaving: () => {},
      },
    )
    this.#link.send(deps.allow)
    this.#link.hold(true)
  }

  get pid(): number | undefined {
    return this.#link.pid
  }

  /** It has nothing to do. */
  get isIdle(): boolean {
    return this.#turn.running === 0 && this.#turn.waiting.length === 0
  }

  get isGone(): boolean {
    return this.#gone
  }

  /** Asks the client to return the worker, after the tasks that it runs. */
  leave(): void {
    this.channel.send(encodeWord({ tell: 'leaving' }))
  }

  /** Takes the worker back. Its tasks go back to the client, and none of them is blamed for the end of the worker. */
  release(): void {
    if (this.#gone) return
    this.channel.send(encodeWord({ tell: 'exit', death: { reason: 'exit', exitCode: 0 }, running: [] }))
    this.cancel('the agent ends')
  }

  /** Ends the worker at once, for a reason that the client knows, unless it is gone. */
  cancel(why: string): void {
    if (this.#gone) return
    this.#gone = true
    this.#link.kill()
    this.#deps.queue.leave(this.#turn)
    this.#deps.ended(why, false)
  }

  #receive(message: Uint8Array): void {
    if (this.#gone) return
    const decoded = decodeMessage(message)
    if (decoded === undefined) return this.cancel('its client sent an invalid message')
    if (decoded.kind === 'word') return this.#hear(decoded.word as ClientWord)
    const pass = (): void => this.#link.send({ type: 'packed', body: decoded.body })
    if (decoded.batch === 0) pass()
    else this.#deps.queue.submit(this.#turn, decoded.priority, pass)
  }

  #hear(word: ClientWord): void {
    if (word.ask === 'kill') this.cancel('its client released it')
    else if (word.ask === 'look') void this.#look(word.id)
    else if (word.ask === 'revoke') void this.#revoke(word.id, word.slot, word.batch)
  }

  async #look(id: number): Promise<void> {
    const { running, staged, memory } = await this.#link.look()
    this.channel.send(encodeWord({ tell: 'view', id, running: agedItems(running), staged, memory }))
  }

  async #revoke(id: number, slot: number, batch: number): Promise<void> {
    const count = await this.#link.revoke(slot, batch)
    this.channel.send(encodeWord({ tell: 'begun', id, count }))
  }

  #frame(frame: WorkerFrame): void {
    if (this.#gone) return
    if (frame.type !== 'packed') return this.channel.send(encodeFrameMessage(0, serialize(frame)))
    this.channel.send(encodeFrameMessage(0, frame.body))
    if (frame.ended === undefined) return
    this.done++
    this.#deps.queue.ended(this.#turn)
  }

  /** Ends the session after its channel broke. Returns the message that tells the client why. */
  #broke(error: Error): Uint8Array {
    this.cancel(error.message)
    return encodeWord({ tell: 'exit', death: { reason: 'exit' }, why: error.message, running: undefined })
  }

  #exited(death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
    if (this.#gone) return
    this.#gone = true
    const { reason, exitCode, signal } = death
    const told: WorkerDeath = { reason, exitCode, signal }
    this.channel.send(encodeWord({ tell: 'exit', death: told, running: running && agedItems(running) }))
    this.#deps.queue.leave(this.#turn)
    this.#deps.ended(describeDeath(death), true)
  }
}

function agedItems(items: readonly RunningItem[]): AgedItem[] {
  const now = monotonicNow()
  return items.map(({ startedAt, until, ...item }) => ({
    ...item,
    age: now - startedAt,
    ...(until !== undefined && { left: until - now }),
  }))
}

/** Hides this process's broker credentials from tasks. */
function withoutSecrets(): Record<string, string> {
  return Object.fromEntries(SECRETS.filter((name) => name in process.env).map((name) => [name, '']))
}

const SECRETS = ['NATS_URL', 'NATS_CREDS']
