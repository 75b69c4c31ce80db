import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import { compactWorkerFrame, expandHostMessage, type HostMessage } from '../../wire/compact.ts'
import type { HostFrame, PackedFrame, WorkerFrame } from '../../wire/frames.ts'
import { inspectBytes } from '../../wire/inspect-bytes.ts'
import { deserialize, serialize } from '../../wire/serialize.ts'
import { AllowList } from './allow-list.ts'
import { isHostFrame } from './check-host-frame.ts'

/** Stands in a worker whose frames come from strangers: opens them with care, and lets through what is allowed. */
export class Guard {
  #list = new AllowList({ modules: [], code: false, skew: false })
  #code = false
  readonly #tell: (frame: WorkerFrame) => void

  /** `tell`: the way for frames to the host, as `pack` makes them. */
  constructor(tell: (frame: WorkerFrame) => void) {
    this.#tell = tell
  }

  /**
   * The frame that a message is or carries; undefined where there is nothing to be done any more.
   *
   * @throws {Error} for what no client of this package sends.
   */
  open(message: HostFrame): HostFrame | undefined {
    if (message.type === 'packed') return this.#admit(unpack(message.body))
    if (message.type !== 'allow') return message
    this.#list = new AllowList(message)
    this.#code = message.code
    return undefined
  }

  #admit(frame: HostFrame): HostFrame | undefined {
    // With its environment a worker could be made to run anything.
    if (frame.type === 'env' && !this.#code) return undefined
    if (frame.type !== 'load') return frame
    try {
      return { ...frame, graph: this.#list.admit(frame.graph) }
    } catch (thrown) {
      this.#tell({ type: 'load-failed', fn: frame.fn, phase: 'module', error: encodeThrown(thrown) })
      return undefined
    }
  }
}

function unpack(body: Uint8Array): HostFrame {
  const reason = inspectBytes(body)
  if (reason !== undefined) throw new Error(`a frame cannot be opened: ${reason}`)
  const message = deserialize(body)
  const frame = Array.isArray(message) ? expandHostMessage(message as unknown as HostMessage) : message
  if (!isHostFrame(frame)) throw new Error('a frame is none')
  return frame
}

/** A frame for the far end. What is printed goes as it is: it may be put together on the way. */
export function pack(frame: WorkerFrame): WorkerFrame {
  if (frame.type === 'log') return frame
  const body = serialize(compactWorkerFrame(frame))
  const packed: PackedFrame = { type: 'packed', body }
  return frame.type === 'done' && frame.end ? { ...packed, ended: frame.batch } : packed
}
