import type { Backend, LinkEvents, WorkerLink } from '#manyhands/pool/backend/backend.js'
import { pack } from '#manyhands/runtime/guard/guard.js'
import { MAX_BATCH } from '#manyhands/wire/protocol/beacon.js'
import { expandHostMessage, type HostMessage } from '#manyhands/wire/protocol/compact-frames.js'
import { type BatchFrame, type HostFrame, WIRE_VERSION, type WorkerFrame } from '#manyhands/wire/protocol/frames.js'
import { deserialize } from '#manyhands/wire/protocol/v8-bytes.js'

/** Workers that speak as real ones do and only wait: each task takes so many milliseconds and gives its input back. */
export function simulatedBackend(taskMs: number, capabilities: Backend['capabilities']): Backend {
  return { name: 'simulated', capabilities, start: (_, events) => new SimulatedLink(taskMs, events) }
}

class SimulatedLink implements WorkerLink {
  readonly pid: number = process.pid
  readonly #taskMs: number
  readonly #events: LinkEvents
  readonly #batches: BatchFrame[] = []
  #timer: NodeJS.Timeout | undefined
  #dead = false

  constructor(taskMs: number, events: LinkEvents) {
    this.#taskMs = taskMs
    this.#events = events
    setImmediate(() => this.#tell({ type: 'ready', version: WIRE_VERSION, pid: this.pid }))
  }

  send(frame: HostFrame): void {
    if (frame.type !== 'packed') return
    const opened = expandHostMessage(deserialize(frame.body) as HostMessage)
    if (opened.type === 'load') this.#tell({ type: 'loaded', fn: opened.fn, stateful: false })
    else if (opened.type === 'batch') this.#accept(opened)
    else if (opened.type === 'close') this.#tell({ type: 'closed' })
  }

  look(): ReturnType<WorkerLink['look']> {
    return Promise.resolve({ running: [], staged: [] })
  }

  revoke(): Promise<number> {
    return Promise.resolve(MAX_BATCH)
  }

  hold(): void {}

  kill(): void {
    if (this.#dead) return
    this.#dead = true
    clearTimeout(this.#timer)
    setImmediate(() => this.#events.exit({ reason: 'exit', exitCode: 0 }, []))
  }

  #accept(batch: BatchFrame): void {
    this.#batches.push(batch)
    if (this.#batches.length === 1) this.#run(batch)
  }

  #run({ id, inputs }: BatchFrame): void {
    if ('rows' in inputs) throw new Error('simulated workers take no rows')
    const ms = this.#taskMs * inputs.values.length
    this.#timer = setTimeout(() => {
      const bytes = 8 * inputs.values.length
      this.#tell({ type: 'done', batch: id, offsets: 0, results: inputs, ms, bytes, end: true, taskMs: this.#taskMs })
      this.#batches.shift()
      const [next] = this.#batches
      if (next !== undefined) this.#run(next)
    }, ms)
  }

  #tell(frame: WorkerFrame): void {
    if (!this.#dead) this.#events.frame(pack(frame))
  }
}
