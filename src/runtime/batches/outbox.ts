import { bufferPool, type BufferLease } from '../../wire/codec/buffer-pool.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import type { Encoded, Special } from '../../wire/codec/special.ts'
import { ColumnBuilder } from '../../wire/protocol/column-builder.ts'
import type { DoneFrame, ItemFailure } from '../../wire/protocol/frames.ts'

/** Outcomes of one batch that wait to be sent. */
export class Outbox {
  readonly #batch: number
  /** The number of items in the batch. */
  readonly #length: number
  #values = new ColumnBuilder()
  #offsets: number[] | undefined
  #first = 0
  #specials: [number, readonly Special[]][] | undefined
  #failures: [number, ItemFailure][] | undefined
  #transfer: unknown[] | undefined
  readonly #lease: BufferLease = []
  #times: number[] | undefined
  /** The number of asynchronous tasks among the outcomes, and the sum of their times. */
  #waits = 0
  #waitedMs = 0
  #bytes = 0
  /** True if all waiting outcomes can be read from outside. */
  isShown = true
  /** The next frame says that the worker has stopped the group. */
  hasStopped = false

  constructor(batch: number, length: number) {
    this.#batch = batch
    this.#length = length
  }

  get size(): number {
    return this.#values.length
  }

  plain(offset: number, value: unknown, bytes: number): void {
    this.#noteOffset(offset, this.#values.length)
    this.#bytes += bytes
    this.#values.push(value)
  }

  /** Adds an object by shape. Returns false if it has to be encoded. */
  shaped(offset: number, value: unknown, encoder: Encoder): boolean {
    const bytes = this.#values.addShaped(value, encoder, this.#length)
    if (bytes < 0) return false
    this.#noteOffset(offset, this.#values.length - 1)
    this.#bytes += bytes
    return true
  }

  encoded(offset: number, { value, specials, bytes, lease }: Encoded, transfer: readonly unknown[] | undefined): void {
    if (specials !== undefined) (this.#specials ??= []).push([this.#values.length, specials])
    if (lease !== undefined) this.#lease.push(...lease)
    if (transfer !== undefined) (this.#transfer ??= []).push(...transfer)
    this.plain(offset, value, bytes)
  }

  failure(offset: number, failure: ItemFailure): void {
    ;(this.#failures ??= []).push([this.#values.length, failure])
    this.plain(offset, undefined, 256)
  }

  /** Adds the start and length of the task whose outcome was added last, in milliseconds. */
  addTimes(start: number, ms: number): void {
    ;(this.#times ??= []).push(start, ms)
  }

  /** Adds the time of an asynchronous task whose outcome is added next. Other tasks may have run meanwhile. */
  addWait(ms: number): void {
    this.#waits++
    this.#waitedMs += ms
  }

  /** Returns the frame with all waiting outcomes, and empties the outbox. */
  take(ms: number, end: boolean, memory?: number): { frame: DoneFrame; transfer: readonly unknown[] | undefined } {
    const transfer = this.#transfer
    this.#values.seal()
    const frame: { -readonly [K in keyof DoneFrame]: DoneFrame[K] } = {
      type: 'done',
      batch: this.#batch,
      offsets: this.#offsets ?? this.#first,
      results: this.#values.column(this.#specials),
      ms,
      bytes: this.#bytes,
      end,
    }
    if (this.#failures !== undefined) frame.failures = this.#failures
    if (memory !== undefined) frame.memory = memory
    if (this.#times !== undefined) frame.times = this.#times
    if (this.#waits > 0) frame.taskMs = this.#waitedMs / this.#waits
    if (this.hasStopped) frame.stopped = true
    this.#values = new ColumnBuilder()
    this.#offsets = undefined
    this.#specials = undefined
    this.#failures = undefined
    this.#transfer = undefined
    this.#times = undefined
    this.#waits = 0
    this.#waitedMs = 0
    this.#bytes = 0
    this.isShown = true
    this.hasStopped = false
    return { frame, transfer }
  }

  /** Called when the frame has been posted: its pooled buffers can be used again. */
  posted(): void {
    if (this.#lease.length > 0) bufferPool.release(this.#lease)
  }

  /** Notes the offset of an outcome, before which there are `size`. Most are consecutive; then the first offset is enough. */
  #noteOffset(offset: number, size: number): void {
    if (this.#offsets !== undefined) this.#offsets.push(offset)
    else if (size === 0) this.#first = offset
    else if (offset !== this.#first + size) {
      this.#offsets = Array.from({ length: size }, (_, i) => this.#first + i)
      this.#offsets.push(offset)
    }
  }
}
