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
import { ResultGatherer } from './result-gatherer.ts'

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
  readonly #results: ResultGatherer
  /** Batches that are being revoked. */
  #revoking = 0
  #gone = false

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.client = deps.request.client
    this.name = deps.request.open
    this.channel = deps.channel(
      (message) => this.#receive(message),
      (error) => this.#broke(error),
    )
    this.#results = new ResultGatherer(this.channel)
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
    this.#results.now(encodeWord({ tell: 'leaving' }))
  }

  /** Takes the worker back. Its tasks go back to the client, and none of them is blamed for the end of the worker. */
  release(): void {
    if (this.#gone) return
    this.#results.now(encodeWord({ tell: 'exit', death: { reason: 'exit', exitCode: 0 }, running: [] }))
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
    if (decoded.kind === 'frame') return pass()
    this.#results.expect(decoded.label)
    this.#deps.queue.submit(this.#turn, decoded.label, pass)
  }

  #hear(word: ClientWord): void {
    if (word.ask === 'kill') this.cancel('its client released it')
    else if (word.ask === 'look') void this.#look(word.id)
    else if (word.ask === 'revoke') void this.#revoke(word.id, word.slot, word.batch)
  }

  async #look(id: number): Promise<void> {
    const { running, staged, memory } = await this.#link.look()
    this.#results.now(encodeWord({ tell: 'view', id, running: agedItems(running), staged, memory }))
  }

  /** Answers once the worker has answered for all batches that are being revoked: many may be at once. */
  async #revoke(id: number, slot: number, batch: number): Promise<void> {
    this.#revoking++
    const count = await this.#link.revoke(slot, batch)
    this.#results.keep(encodeWord({ tell: 'begun', id, count }))
    if (--this.#revoking === 0) this.#results.flush()
  }

  #frame(frame: WorkerFrame): void {
    if (this.#gone) return
    if (frame.type === 'log') return this.#results.output(frame.batch, encodeFrameMessage(serialize(frame)))
    if (frame.type !== 'packed') return this.#results.now(encodeFrameMessage(serialize(frame)))
    const message = encodeFrameMessage(frame.body)
    if (frame.done === undefined) return this.#results.now(message)
    this.#results.outcomes(frame.done, message)
    if (!frame.done.end) return
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
    this.#results.now(encodeWord({ tell: 'exit', death: told, running: running && agedItems(running) }))
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
