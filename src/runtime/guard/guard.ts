import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import { compactWorkerFrame, expandHostMessage, type HostMessage } from '../../wire/protocol/compact-frames.ts'
import {
  type HostFrame,
  type LoadFrame,
  outcomeCount,
  type PackedFrame,
  type WorkerFrame,
} from '../../wire/protocol/frames.ts'
import { inspectBytes, deserialize, serialize } from '../../wire/protocol/v8-bytes.ts'
import { AllowList } from './allow-list.ts'
import { isHostFrame } from './check-host-frame.ts'

/** The connections of a guard: to the worker, and to its host. */
export interface GuardDeps {
  /** Receives frames for the worker that were admitted. */
  deliver(frame: HostFrame): void
  /** Receives frames for the host. */
  tell(frame: WorkerFrame): void
}

/** Protects a worker whose frames come from untrusted clients: decodes them with care, and admits what is allowed. */
export class Guard {
  #list = new AllowList({ modules: [], code: false, skew: false })
  #code = false
  readonly #deps: GuardDeps
  /** Frames behind one that is being checked: they keep their order. */
  readonly #queue: HostFrame[] = []
  #busy = false

  constructor(deps: GuardDeps) {
    this.#deps = deps
  }

  /**
   * Checks a frame.
   *
   * @throws {Error} for frames that no client of this package sends.
   */
  receive(message: HostFrame): void {
    if (message.type === 'allow') {
      this.#list = new AllowList(message)
      this.#code = message.code
    } else {
      this.#queue.push(message.type === 'packed' ? unpack(message.body) : message)
      if (!this.#busy) void this.#work()
    }
  }

  async #work(): Promise<void> {
    this.#busy = true
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
      if (frame.type === 'load') await this.#load(frame)
      // With its environment a worker could be made to run anything.
      else if (frame.type !== 'env' || this.#code) this.#deps.deliver(frame)
    }
    this.#busy = false
  }

  async #load(frame: LoadFrame): Promise<void> {
    try {
      this.#deps.deliver(await this.#list.admit(frame))
    } catch (thrown) {
      this.#deps.tell({ type: 'load-failed', fn: frame.fn, phase: 'module', error: encodeThrown(thrown) })
    }
  }
}

function unpack(body: Uint8Array): HostFrame {
  const reason = inspectBytes(body)
  if (reason !== undefined) throw new Error(`invalid frame: ${reason}`)
  const message = deserialize(body)
  const frame = Array.isArray(message) ? expandHostMessage(message as unknown as HostMessage) : message
  if (!isHostFrame(frame)) throw new Error('invalid frame: unknown shape')
  return frame
}

/** Packs a frame for the far end. Output is not packed: it may be merged on the way. */
export function pack(frame: WorkerFrame): WorkerFrame {
  if (frame.type === 'log') return frame
  const body = serialize(compactWorkerFrame(frame))
  const packed: PackedFrame = { type: 'packed', body }
  if (frame.type !== 'done') return packed
  const { batch, end, failures } = frame
  return { ...packed, done: { batch, count: outcomeCount(frame), end, failed: failures !== undefined } }
}
