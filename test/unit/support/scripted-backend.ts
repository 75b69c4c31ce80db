import { EventEmitter, once } from 'node:events'

import type {
  Backend,
  Capabilities,
  LinkEvents,
  WorkerLink,
  WorkerSpec,
  WorkerView,
} from '#manyhands/pool/backend/backend.js'
import { monotonicNow } from '#manyhands/util/time.js'
import { encodeThrown } from '#manyhands/wire/codec/encode-thrown.js'
import { Beacon } from '#manyhands/wire/protocol/beacon.js'
import {
  type BatchFrame,
  type HostFrame,
  type ItemFailure,
  WIRE_VERSION,
  type WorkerFrame,
  inputCount,
} from '#manyhands/wire/protocol/frames.js'

type Death = Parameters<LinkEvents['exit']>[0]

const CAPABILITIES: Capabilities = {
  sharedMemory: true,
  transfer: true,
  stopsBlocked: true,
  isolated: true,
  limitsMemory: false,
  parallel: true,
  closures: true,
  liveEnvironment: true,
}

/** A worker that does what a test tells it to, when it tells it. */
export class ScriptedWorker implements WorkerLink {
  readonly pid: number | undefined = undefined
  readonly spec: WorkerSpec
  readonly beacon: Beacon = new Beacon(64)
  /** All that the host sent, in order. */
  readonly sent: HostFrame[] = []
  /** Batches that are not ended, in order. */
  readonly batches: BatchFrame[] = []
  /** Bytes that it says to take. */
  memory: number | undefined
  killed = false
  dead = false
  readonly #events: LinkEvents
  readonly #happened = new EventEmitter()
  #lanes = 0
  #keepAlive: NodeJS.Timeout | undefined

  constructor(spec: WorkerSpec, events: LinkEvents) {
    this.spec = spec
    this.#events = events
  }

  send(frame: HostFrame): void {
    this.sent.push(frame)
    if (frame.type === 'batch') {
      this.batches.push(frame)
      this.beacon.open(frame.slot, frame.id, inputCount(frame))
    }
    this.#happened.emit(frame.type)
  }

  look(): Promise<WorkerView> {
    this.#happened.emit('look')
    const view = { running: this.beacon.running(), staged: this.beacon.staged() }
    return Promise.resolve(this.memory === undefined ? view : { ...view, memory: this.memory })
  }

  revoke(slot: number, batch: number): Promise<number> {
    return Promise.resolve(this.beacon.revoke(slot, batch))
  }

  hold(keepAlive: boolean): void {
    clearInterval(this.#keepAlive)
    if (keepAlive && !this.dead) this.#keepAlive = setInterval(() => {}, 2 ** 30)
  }

  kill(): void {
    if (this.killed) return
    this.killed = true
    setImmediate(() => {
      this.die({ reason: 'exit', exitCode: 1 })
      this.#happened.emit('killed')
    })
  }

  /** Resolves when the host does something the next time: sends a frame, looks, has killed it. */
  next(what: HostFrame['type'] | 'look' | 'killed'): Promise<unknown> {
    return once(this.#happened, what)
  }

  tell(frame: WorkerFrame): void {
    this.#events.frame(frame)
  }

  /** It has come up, and not yet loaded anything. */
  comeUp(): void {
    this.tell({ type: 'ready', version: WIRE_VERSION, pid: 0 })
  }

  /** It has come up, and loaded what it was told of. */
  ready(): void {
    this.comeUp()
    this.load()
  }

  /** It has loaded what it was told of. */
  load(): void {
    for (const frame of this.sent)
      if (frame.type === 'load') this.tell({ type: 'loaded', fn: frame.fn, stateful: false })
  }

  /** Begins the next item of a batch, so many milliseconds ago. */
  begin(batch: BatchFrame, ago = 0): number {
    const item = this.beacon.claim(batch.slot)
    if (item >= 0) this.beacon.enter(this.#lanes++, batch.slot, item, monotonicNow() - ago)
    return item
  }

  /** Items of a batch have their results. */
  done(batch: BatchFrame, offsets: readonly number[], values: readonly unknown[], { end = false, ms = 1 } = {}): void {
    if (end) this.batches.splice(this.batches.indexOf(batch), 1)
    this.tell({ type: 'done', batch: batch.id, offsets, results: { values }, ms, bytes: 8, end })
  }

  /** All items of a batch have their inputs as results. */
  finish(batch: BatchFrame, ms = 1): void {
    const values = 'rows' in batch.inputs ? [] : [...batch.inputs.values]
    this.done(batch, [...values.keys()], values, { end: true, ms })
  }

  /** An item threw. */
  fail(batch: BatchFrame, offset: number, thrown: unknown, end = false): void {
    const failures: [number, ItemFailure][] = [[0, { kind: 'thrown', error: encodeThrown(thrown) }]]
    const results = { values: [undefined] }
    if (end) this.batches.splice(this.batches.indexOf(batch), 1)
    this.tell({ type: 'done', batch: batch.id, offsets: [offset], results, failures, ms: 1, bytes: 8, end })
  }

  die(death: Death): void {
    this.#end(death, this.beacon.running())
  }

  /** Is gone, and what it had begun is not known. */
  vanish(death: Death): void {
    this.#end(death, undefined)
  }

  #end(death: Death, running: ReturnType<Beacon['running']> | undefined): void {
    if (this.dead) return
    this.dead = true
    clearInterval(this.#keepAlive)
    this.#events.exit(death, running)
  }
}

/** Workers whose every step a test decides. */
export class ScriptedBackend implements Backend {
  readonly name = 'scripted'
  readonly capabilities: Capabilities
  /** All that were ever started. */
  readonly workers: ScriptedWorker[] = []
  /** No more workers than this can be started. */
  limit = Infinity
  readonly #started = new EventEmitter()

  constructor(capabilities: Partial<Capabilities> = {}) {
    this.capabilities = { ...CAPABILITIES, ...capabilities }
  }

  start(spec: WorkerSpec, events: LinkEvents): WorkerLink {
    if (this.alive.length >= this.limit) throw new Error('spawn EAGAIN')
    const worker = new ScriptedWorker(spec, events)
    this.workers.push(worker)
    this.#started.emit('worker')
    return worker
  }

  /** The worker that was started as so-manyth, once it is. */
  async worker(at: number): Promise<ScriptedWorker> {
    while (this.workers.length <= at) await once(this.#started, 'worker')
    return this.workers[at] as ScriptedWorker
  }

  /** Those that live. */
  get alive(): ScriptedWorker[] {
    return this.workers.filter((worker) => !worker.dead)
  }
}
