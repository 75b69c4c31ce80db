import type { TaskError } from '../../errors/task-errors.ts'
import type { Slot } from './slot.ts'
import { following, type Port, type Stream } from './stream.ts'

/** Remembers all items of a stream, until it is complete. */
export class Collector implements Port {
  /** The first failure. */
  failure: TaskError | undefined
  readonly #stream: Stream
  readonly #head: Slot
  readonly #changed: () => void
  #missing = 0

  /** `changed` is told when the stream is complete, and of the first failure. */
  constructor(stream: Stream, changed: () => void) {
    this.#stream = stream
    this.#head = stream.head as Slot
    this.#changed = changed
    stream.connect(this)
  }

  /** All items are there. */
  get isComplete(): boolean {
    return this.#stream.isClosed && this.#missing === 0
  }

  /** Those that did not fail, in their order. */
  values(): { values: unknown[]; bytes: number } {
    const values: unknown[] = []
    let bytes = 0
    for (let slot = following(this.#head); slot !== undefined; slot = following(slot)) {
      if (slot.state !== 'done') continue
      values.push(slot.value)
      bytes += slot.bytes
    }
    return { values, bytes }
  }

  ends(): number {
    return 1
  }

  added(slot: Slot): void {
    this.#missing++
    if (slot.isSettled) this.settled(slot)
  }

  split(_: Slot, into: readonly Slot[]): void {
    this.#missing += into.length - 1
    for (const one of into) if (one.isSettled) this.settled(one)
    if (this.isComplete) this.#changed()
  }

  settled(slot: Slot): void {
    this.#missing--
    // It is remembered here: nothing upstream need wait for it.
    slot.root?.release()
    slot.root = undefined
    const isFirst = this.failure === undefined && slot.state === 'failed'
    if (isFirst) this.failure = slot.error
    if (isFirst || this.isComplete) this.#changed()
  }

  closed(): void {
    if (this.isComplete) this.#changed()
  }
}
