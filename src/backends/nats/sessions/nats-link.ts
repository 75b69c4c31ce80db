import type { WorkerDeath } from '../../../errors/task-errors.ts'
import type { LinkEvents, WorkerLink, WorkerSpec, WorkerView } from '../../../pool/backend/backend.ts'
import { remoteReference } from '../../../task/code/remote-reference.ts'
import { monotonicNow } from '../../../util/time.ts'
import type { RunningItem } from '../../../wire/protocol/beacon.ts'
import { compactHostFrame, expandWorkerMessage, type WorkerMessage } from '../../../wire/protocol/compact-frames.ts'
import { type BatchFrame, type HostFrame, inputCount, type WorkerFrame } from '../../../wire/protocol/frames.ts'
import { serialize } from '../../../wire/protocol/v8-bytes.ts'
import type { Channel } from '../channel/channel.ts'
import { newName } from '../connection/subjects.ts'
import { checkAgentWord, checkWorkerMessage } from '../messages/check-messages.ts'
import {
  type AgedItem,
  type AgentWord,
  type ClientWord,
  decodeMessage,
  encodeBatchMessage,
  encodeFrameMessage,
  encodeWord,
  openBody,
} from '../messages/session-message.ts'
import type { ClientHub } from './client-hub.ts'
import type { PoolShare } from './pool-share.ts'
import type { ClientSession } from './session-watch.ts'

/** The parts that the links of a pool share. */
export interface LinkDeps {
  readonly share: PoolShare
  readonly hub: Promise<ClientHub>
  /** Keeps the process alive for a link, or does not. */
  hold(by: object, keepAlive: boolean): void
}

/** The link to one worker of an agent: a session, in which frames and questions go both ways. */
export class NatsLink implements WorkerLink {
  readonly #spec: WorkerSpec
  readonly #events: LinkEvents
  readonly #deps: LinkDeps
  #session: LinkSession | undefined
  /** Messages that wait for a session. */
  #waiting: Uint8Array[] = []
  readonly #questions = new Map<number, (word: AgentWord) => void>()
  #lastQuestion = 0
  #held = false
  #gone = false
  pid: number | undefined
  host: string | undefined

  constructor(spec: WorkerSpec, events: LinkEvents, deps: LinkDeps) {
    this.#spec = spec
    this.#events = events
    this.#deps = deps
    // Reserve the worker synchronously, so that the next `free` already counts it.
    this.#open(deps.share.take()).catch((cause: unknown) => this.#end({ reason: 'exit', cause: cause as Error }, []))
  }

  send(frame: HostFrame): void {
    const far =
      frame.type === 'load' ? withRemoteReferences(frame) : frame.type === 'batch' ? withOwnRows(frame) : frame
    const body = serialize(compactHostFrame(far))
    if (frame.type !== 'batch') return this.#send(encodeFrameMessage(body))
    const { id: batch, concurrency, priority = 0, patience = 0 } = frame
    this.#send(encodeBatchMessage({ batch, priority, items: inputCount(frame), concurrency, patience }, body))
  }

  look(): Promise<WorkerView> {
    return this.#ask({ ask: 'look' }).then((word) =>
      word.tell === 'view'
        ? {
            running: itemsOf(word.running),
            staged: word.staged,
            ...(word.memory !== undefined && { memory: word.memory }),
          }
        : { running: [], staged: [] },
    )
  }

  revoke(slot: number, batch: number): Promise<number> {
    return this.#ask({ ask: 'revoke', slot, batch }).then((word) => (word.tell === 'begun' ? word.count : 0))
  }

  hold(keepAlive: boolean): void {
    this.#held = keepAlive
    this.#deps.hold(this, keepAlive && !this.#gone)
  }

  kill(): void {
    if (this.#gone) return
    // Frames that it still sends are ignored.
    if (this.#session !== undefined) this.#send(encodeWord({ ask: 'kill' }))
    this.#close()
    setImmediate(() => this.#events.exit({ reason: 'exit', exitCode: 0 }, []))
  }

  /** Asks one agent after the other. If none has a worker, the link ends: other workers may take its tasks. */
  async #open(first: string | undefined): Promise<void> {
    const hub = await this.#deps.hub
    let agent = first
    for (; agent !== undefined && !this.#gone; agent = this.#deps.share.take()) {
      if (await this.#openAt(hub, agent)) return
    }
    if (agent !== undefined) this.#deps.share.release(agent)
    this.#end({ reason: 'exit', exitCode: 0, none: true }, [])
  }

  async #openAt(hub: ClientHub, agent: string): Promise<boolean> {
    const name = newName()
    const channel = hub.channel(
      agent,
      name,
      (message) => this.#receive(message),
      (cause) => {
        this.#end({ reason: 'exit', cause }, undefined)
        return undefined
      },
    )
    const session = new LinkSession(hub, agent, name, channel, {
      give: () => this.#deps.share.release(agent),
      isBusy: () => this.#held || this.#session === undefined,
      lost: () => this.#lost(session),
    })
    const { id, slot, concurrency } = this.#spec
    const refused = await hub.request(agent, { open: name, id, slot, concurrency })
    if (refused !== undefined || this.#gone) {
      if (refused === undefined) channel.send(encodeWord({ ask: 'kill' }))
      else hub.view.full(agent)
      session.close()
      return false
    }
    this.#session = session
    this.host = hub.view.hostOf(agent)
    for (const message of this.#waiting.splice(0)) channel.sendSoon(message)
    return true
  }

  #send(message: Uint8Array): void {
    if (this.#session === undefined) this.#waiting.push(message)
    else this.#session.channel.sendSoon(message)
  }

  /** Resolves to the answer of the agent. Never settles if the worker is gone, since its end was reported already. */
  #ask(question: Question): Promise<AgentWord> {
    return new Promise((resolve) => {
      if (this.#gone) return
      const id = ++this.#lastQuestion
      this.#questions.set(id, resolve)
      this.#send(encodeWord({ ...question, id }))
    })
  }

  #receive(message: Uint8Array): void {
    if (this.#gone) return
    const decoded = decodeMessage(message)
    if (decoded?.kind === 'word') this.#hear(decoded.word)
    else if (decoded?.kind === 'frame') this.#frame(decoded.body)
  }

  #frame(body: Uint8Array): void {
    const frame = openFrame(body)
    // Bytes that are not a frame do not come from a worker of ours.
    if (frame === undefined) return this.#end({ reason: 'exit', cause: new Error('it sent an invalid frame') }, [])
    if (frame.type === 'ready') this.pid = frame.pid
    this.#events.frame(frame)
  }

  #hear(word: unknown): void {
    if (!checkAgentWord(word)) return
    if (word.tell === 'leaving') this.#events.leaving()
    else if (word.tell === 'exit') this.#end(deathIn(word), word.running && itemsOf(word.running))
    else {
      this.#questions.get(word.id)?.(word)
      this.#questions.delete(word.id)
    }
  }

  #lost(session: LinkSession): void {
    if (session === this.#session) this.#end({ reason: 'heartbeat' }, undefined)
  }

  #close(): void {
    this.#gone = true
    this.#deps.hold(this, false)
    this.#questions.clear()
    this.#waiting = []
    this.#session?.close()
  }

  #end(death: WorkerDeath, running: readonly RunningItem[] | undefined): void {
    if (this.#gone) return
    this.#close()
    this.#events.exit(death, running)
  }
}

type Question = ClientWord extends infer W ? (W extends { readonly id: number } ? Omit<W, 'id'> : never) : never

interface SessionOwner {
  isBusy(): boolean
  lost(): void
  give(): void
}

/** A session as its hub sees it. */
class LinkSession implements ClientSession {
  readonly session: string
  readonly agent: string
  readonly channel: Channel
  readonly #hub: ClientHub
  readonly #owner: SessionOwner
  #open = true

  constructor(hub: ClientHub, agent: string, session: string, channel: Channel, owner: SessionOwner) {
    this.#hub = hub
    this.agent = agent
    this.session = session
    this.channel = channel
    this.#owner = owner
    hub.enter(this)
  }

  get isBusy(): boolean {
    return this.#owner.isBusy()
  }

  lost(): void {
    this.#owner.lost()
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.channel.close()
    this.#hub.leave(this)
    this.#owner.give()
  }
}

function withRemoteReferences(frame: Extract<HostFrame, { type: 'load' }>): HostFrame {
  const functions = frame.graph.functions.map((fn) => {
    // Files of this machine are not there: workers load the modules that they were started with.
    if (fn.kind === 'export') return { ...fn, url: remoteReference(fn.url), after: [] }
    if (fn.kind !== 'source' || fn.exported === undefined) return fn
    return { ...fn, exported: { ...fn.exported, url: remoteReference(fn.exported.url) } }
  })
  return { ...frame, graph: { ...frame.graph, functions } }
}

/** Decodes a frame of a worker; undefined if its bytes are not one. */
function openFrame(body: Uint8Array): WorkerFrame | undefined {
  const message = openBody(body)
  if (!checkWorkerMessage(message)) return undefined
  try {
    return expandWorkerMessage(message as WorkerMessage)
  } catch {
    return undefined
  }
}

/** Copies the rows of a batch, if it has any: of a view all of its memory would be sent. */
function withOwnRows(frame: BatchFrame): BatchFrame {
  if (!('rows' in frame.inputs)) return frame
  return { ...frame, inputs: { ...frame.inputs, rows: Uint8Array.from(frame.inputs.rows) } }
}

function deathIn({ death, why }: Extract<AgentWord, { tell: 'exit' }>): WorkerDeath {
  return why === undefined ? death : { ...death, cause: new Error(why) }
}

function itemsOf(items: readonly AgedItem[]): RunningItem[] {
  const now = monotonicNow()
  return items.map(({ age, left, ...item }) => ({
    ...item,
    startedAt: now - age,
    ...(left !== undefined && { until: now + left }),
  }))
}
