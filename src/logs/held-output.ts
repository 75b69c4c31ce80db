import type { WorkerIdentity } from '../errors/task-errors.ts'
import type { Item } from '../pool/jobs/item.ts'
import { recordOf } from '../pool/jobs/job-observers.ts'
import { messageOf } from '../util/message-of.ts'
import { count } from '../util/text/show-number.ts'
import type { LogFrame } from '../wire/protocol/frames.ts'
import { FULL_CHARS, isAlike, bytesFor, printedBytes, readPrinted, writePrinted } from '../wire/protocol/printed.ts'
import type { TakeLog } from './log-record.ts'
import type { Spill, Stretch } from './spill.ts'

/** Bytes that a text takes beside its characters, about. */
const OVERHEAD = 64

/** The output of a task in one worker: in memory, or on disk. */
interface Part {
  readonly worker: WorkerIdentity
  frames: { readonly frame: LogFrame; text: string }[]
  /** About how much memory it takes. */
  size: number
  stretch: Stretch | undefined
}

/** The output of a task that is held back until all tasks before it are done. */
export class HeldOutput {
  readonly #entry: Item
  readonly #parts: Part[] = []
  #dropped = 0

  constructor(entry: Item) {
    this.#entry = entry
  }

  /** About how much memory it takes. */
  get size(): number {
    return this.#parts.reduce((sum, part) => sum + part.size, 0)
  }

  /** True once output was dropped for lack of room: later output must go, too, or it would seem to follow the earlier. */
  get hasGap(): boolean {
    return this.#dropped > 0
  }

  /** Returns about how much memory that took. */
  add(frame: LogFrame, worker: WorkerIdentity): number {
    const part = this.#partFor(worker)
    const last = part.frames.at(-1)
    if (last !== undefined && isAlike(last.frame, frame) && last.text.length < FULL_CHARS) last.text += frame.text
    else part.frames.push({ frame, text: frame.text })
    const size = frame.text.length + OVERHEAD
    part.size += size
    return size
  }

  /** Counts output that there is no room for. */
  drop(frame: LogFrame, worker: WorkerIdentity): void {
    this.#partFor(worker)
    this.#dropped += frame.text.length
  }

  /** Moves the output to disk. Throws if the disk does not take it; then the rest stays in memory. */
  moveTo(spill: Spill): void {
    for (const part of this.#parts) {
      if (part.stretch !== undefined) continue
      part.stretch = spill.write(bytesOf(part.frames))
      part.frames = []
      part.size = 0
    }
  }

  /** Gives all of it, once. */
  give(give: TakeLog, spill: Spill): void {
    for (const { worker, frames, stretch } of this.#parts) {
      const tell = (frame: LogFrame): void => give(recordOf(frame, this.#entry, worker))
      for (const { frame, text } of frames) tell({ ...frame, text })
      if (stretch !== undefined) for (const frame of framesIn(stretch, spill)) tell(frame)
    }
    const worker = this.#parts.at(-1)?.worker
    if (this.#dropped === 0 || worker === undefined) return
    const text = `[${count(this.#dropped)} more characters were printed and dropped: there was no room for them]\n`
    give(recordOf(notice(text), this.#entry, worker))
  }

  #partFor({ id, slot }: WorkerIdentity): Part {
    let part = this.#parts.at(-1)
    if (part === undefined || part.stretch !== undefined || part.worker.id !== id) {
      this.#parts.push((part = { worker: { id, slot }, frames: [], size: 0, stretch: undefined }))
    }
    return part
  }
}

/** Reads output back from disk, and frees its room there. */
function* framesIn(stretch: Stretch, spill: Spill): Generator<LogFrame> {
  let data: Buffer
  try {
    data = spill.read(stretch)
  } catch (error) {
    yield notice(`[${count(stretch.bytes)} bytes of output cannot be read back: ${messageOf(error)}]\n`)
    return
  } finally {
    spill.drop(stretch)
  }
  for (let at = 0; at < data.length; at += printedBytes(data, at)) yield readPrinted(data, at)
}

function notice(text: string): LogFrame {
  return { type: 'log', stream: 'stderr', level: 'write', text, time: Date.now() }
}

function bytesOf(frames: Part['frames']): Buffer {
  const data = Buffer.allocUnsafe(frames.reduce((bytes, { text }) => bytes + bytesFor(text.length), 0))
  let bytes = 0
  for (const { frame, text } of frames) bytes += writePrinted(data, bytes, frame, text)
  return data.subarray(0, bytes)
}
