import { types } from 'node:util'
import { MessageChannel, type MessagePort, receiveMessageOnPort, SHARE_ENV, Worker } from 'node:worker_threads'

import type { WorkerDeath } from '../../errors/task-errors.ts'
import type { LinkEvents, WorkerLink, WorkerSpec, WorkerView } from '../../pool/backend/backend.ts'
import { inOwnRealm } from '../../wire/codec/own-realm.ts'
import { Beacon } from '../../wire/protocol/beacon.ts'
import { compactHostFrame, expandWorkerMessage, type WorkerMessage } from '../../wire/protocol/compact-frames.ts'
import type { BatchFrame, HostFrame, WorkerFrame } from '../../wire/protocol/frames.ts'
import type { RowColumn } from '../../wire/protocol/row-columns.ts'
import { THREAD_ENTRY, inheritedOptions } from '../local-workers.ts'
import { PrintRing } from './print-ring.ts'
import type { ThreadMessage, ThreadStart } from './thread-start.ts'

/** The link to one worker thread: a port for frames, and a shared beacon to see and revoke tasks. */
export class ThreadLink implements WorkerLink {
  readonly pid: number = process.pid
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #beacon: Beacon
  readonly #printed = new PrintRing()
  readonly #events: LinkEvents
  #up = false
  #error: (Error & { code?: string }) | undefined

  constructor(spec: WorkerSpec, events: LinkEvents) {
    const { port1, port2 } = new MessageChannel()
    this.#beacon = new Beacon(spec.concurrency)
    this.#port = port1
    this.#events = events
    const { id, slot, env } = spec
    const beacon = this.#beacon.memory
    const start: ThreadStart = { port: port2, beacon, printed: this.#printed.memory, id, slot, env }
    const options = threadOptions(spec)
    this.#worker = new Worker(THREAD_ENTRY, {
      workerData: start,
      transferList: [port2],
      name: `manyhands ${spec.slot}`,
      env: SHARE_ENV,
      ...(options && { execArgv: options }),
      ...(spec.resourceLimits && { resourceLimits: spec.resourceLimits }),
    })
    port1.on('message', (message: ThreadMessage) => this.#receive(message))
    // A result that cannot be read: the worker is ended, and its tasks run elsewhere.
    port1.on('messageerror', () => this.kill())
    this.#worker.on('error', (error) => (this.#error = error))
    this.#worker.on('exit', (code) => this.#exited(code))
  }

  send(frame: HostFrame, transfer?: readonly unknown[]): void {
    const rows = ownRows(frame)
    this.#port.postMessage(
      compactHostFrame(rows ?? frame),
      (rows ? [rows.inputs.rows.buffer] : transfer) as ArrayBuffer[],
    )
  }

  look(): Promise<WorkerView> {
    return Promise.resolve({ running: this.#beacon.running(), staged: this.#beacon.staged() })
  }

  revoke(slot: number, batch: number): Promise<number> {
    return Promise.resolve(this.#beacon.revoke(slot, batch))
  }

  hold(keepAlive: boolean): void {
    for (const handle of [this.#worker, this.#port]) {
      if (keepAlive) handle.ref()
      else handle.unref()
    }
  }

  kill(): void {
    void this.#worker.terminate()
  }

  #receive(message: ThreadMessage): void {
    if (message === 'printed') this.#printed.heard()
    // Output from before this message comes first.
    this.#readPrinted()
    if (message !== 'printed') this.#up = true
    if (message !== 'printed') this.#frame(message)
  }

  /** Passes a frame on. A worker whose frame cannot be read is ended: what it had runs elsewhere. */
  #frame(message: WorkerMessage): void {
    let frame: WorkerFrame
    try {
      frame = expandWorkerMessage(inOwnRealm(message))
    } catch {
      return this.kill()
    }
    this.#events.frame(frame)
  }

  #readPrinted(): void {
    this.#printed.read((frame) => this.#events.frame(frame))
  }

  #exited(exitCode: number): void {
    // Messages that the thread posted before its end still wait in the port.
    for (let left = receiveMessageOnPort(this.#port); left !== undefined; left = receiveMessageOnPort(this.#port)) {
      this.#receive(left.message as ThreadMessage)
    }
    this.#readPrinted()
    this.#port.close()
    const oom = this.#error?.code === 'ERR_WORKER_OUT_OF_MEMORY'
    // The error of a thread that has come up is reported by itself.
    const cause = this.#up ? undefined : this.#error
    const death: WorkerDeath = oom ? { reason: 'oom' } : { reason: 'exit', exitCode, ...(cause && { cause }) }
    this.#events.exit(death, this.#beacon.running())
  }
}

/** Copies the rows of a batch, so that only they are handed over; undefined if there are none, or their memory is shared. */
function ownRows(frame: HostFrame): (BatchFrame & { readonly inputs: RowColumn }) | undefined {
  if (frame.type !== 'batch' || !('rows' in frame.inputs)) return undefined
  if (types.isSharedArrayBuffer(frame.inputs.rows.buffer)) return undefined
  const rows = Buffer.allocUnsafeSlow(frame.inputs.rows.length)
  rows.set(frame.inputs.rows)
  return { ...frame, inputs: { ...frame.inputs, rows } }
}

/** Those of Node's options that threads take, in the case that they cannot simply inherit all. */
const FOR_THREADS =
  /^(-r|-C|--(import|require|conditions|loader|experimental-|no-experimental-|enable-source-maps|no-warnings))/

/** Returns the options for a worker thread; undefined if it inherits those of this process. */
function threadOptions(spec: WorkerSpec): string[] | undefined {
  if (spec.execArgv !== undefined) return [...spec.execArgv]
  // A file is no input with a type: the thread would not start.
  if (!process.execArgv.some((option) => option.startsWith('--input-type'))) return undefined
  const options = inheritedOptions()
  return options.filter((option, i) => {
    const before = options[i - 1] ?? ''
    return FOR_THREADS.test(option.startsWith('-') || before.includes('=') ? option : before)
  })
}
