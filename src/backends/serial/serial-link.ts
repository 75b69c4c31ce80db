import type { LinkEvents, WorkerLink, WorkerSpec, WorkerView } from '../../pool/backend/backend.ts'
import { shareLateErrors } from '../../runtime/process/late-errors.ts'
import { WorkerRuntime } from '../../runtime/worker-runtime.ts'
import { inOwnRealm } from '../../wire/codec/own-realm.ts'
import { Beacon } from '../../wire/protocol/beacon.ts'
import type { HostFrame, WorkerFrame } from '../../wire/protocol/frames.ts'
import { readShaped } from '../../wire/shapes/shape-reader.ts'
import { ShapedColumn } from '../../wire/shapes/shaped-column.ts'

/**
 * A worker in the host's own thread. Frames take the way through the event loop that they would take to another thread,
 * so that the host's own timers and I/O go on between batches.
 */
export class SerialLink implements WorkerLink {
  readonly pid: number = process.pid
  readonly #beacon: Beacon
  readonly #runtime: WorkerRuntime
  readonly #events: LinkEvents
  readonly #copy: boolean
  readonly #contexts: WorkerSpec['contexts']
  /** Frames on their way in both directions, in order. */
  readonly #inbox: (() => void)[] = []
  #keepAlive: NodeJS.Timeout | undefined
  #scheduled = false
  #dead = false

  constructor(spec: WorkerSpec, events: LinkEvents, copy: boolean) {
    this.#events = events
    this.#copy = copy
    this.#contexts = spec.contexts
    this.#beacon = new Beacon(spec.concurrency)
    const port = { post: (frame: WorkerFrame): void => this.#tell(frame) }
    const environment = {
      beacon: this.#beacon,
      sharedMemory: true,
      copies: false,
      sharesThread: true,
      around: spec.around,
      contexts: spec.contexts,
    }
    this.#runtime = new WorkerRuntime({ id: spec.id, slot: spec.slot, port }, environment)
    shareLateErrors()
    this.#runtime.announce()
  }

  send(frame: HostFrame, transfer?: readonly unknown[]): void {
    const own = this.#copy ? copyOf(asLoadedHere(frame), transfer) : frame
    const context = frame.type === 'load' ? this.#contexts?.loading : undefined
    const receive = (): void => this.#runtime.receive(own)
    this.#deliver(() => (context === undefined ? receive() : context.run(receive)))
  }

  look(): Promise<WorkerView> {
    return Promise.resolve({ running: this.#beacon.running(), staged: this.#beacon.staged() })
  }

  revoke(slot: number, batch: number): Promise<number> {
    return Promise.resolve(this.#beacon.revoke(slot, batch))
  }

  hold(keepAlive: boolean): void {
    clearInterval(this.#keepAlive)
    // A task that waits for nothing may still run into its timeout.
    if (keepAlive && !this.#dead) this.#keepAlive = setInterval(() => {}, 2 ** 30)
  }

  kill(): void {
    if (this.#dead) return
    this.#dead = true
    this.#inbox.length = 0
    clearInterval(this.#keepAlive)
    setImmediate(() => this.#events.exit({ reason: 'exit', exitCode: 0 }, []))
  }

  /** Delivers a frame to the host; late errors even after the worker's end, since they would end the host otherwise. */
  #tell(frame: WorkerFrame): void {
    if (this.#dead && frame.type === 'late-error') this.#events.frame(frame)
    // Told at once: a task that prints without a pause would fill the memory with frames.
    else if (!this.#dead && frame.type === 'log') this.#runtime.outside(() => this.#events.frame(frame))
    else this.#deliver(() => this.#events.frame(frame))
  }

  #deliver(arrive: () => void): void {
    if (this.#dead) return
    this.#inbox.push(arrive)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#runtime.outside(() => this.#drain()))
  }

  #drain(): void {
    this.#scheduled = false
    for (const arrive of this.#inbox.splice(0)) if (!this.#dead) arrive()
  }
}

/** The program has what it needs for TypeScript in its own thread; a test runner lets no one register more. */
function asLoadedHere(frame: HostFrame): HostFrame {
  if (frame.type !== 'load' || frame.graph.typescript === undefined) return frame
  const { typescript: _, ...graph } = frame.graph
  return { ...frame, graph }
}

/** Copies a frame, since the host keeps its inputs and functions to send them again. Live functions are passed as is. */
function copyOf(frame: HostFrame, transfer: readonly unknown[] | undefined): HostFrame {
  if (frame.type === 'load' && frame.graph.functions.some((fn) => fn.kind === 'live')) return frame
  if (frame.type === 'batch' && frame.inputs instanceof ShapedColumn)
    return { ...frame, inputs: { values: readShaped(frame.inputs.shaped) } }
  return inOwnRealm(structuredClone(frame, transfer === undefined ? {} : { transfer: transfer as ArrayBuffer[] }))
}
