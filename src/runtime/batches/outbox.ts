import type { Encoder } from '../../wire/codec/encoder.ts'
import type { Encoded, Special } from '../../wire/codec/special.ts'
import { ColumnBuilder } from '../../wire/protocol/column-builder.ts'
import { type DoneFrame, type ItemFailure, KEY_BYTES } from '../../wire/protocol/frames.ts'
import type { RowContents } from '../../wire/protocol/row-columns.ts'

/** Outcomes of one batch that wait to be sent. */
export class Outbox {
  readonly #batch: number
  /** The number of items in the batch. */
  readonly #length: number
  /** Results are lines of JSON. */
  readonly isText: boolean
  #size = 0
  #values = new ColumnBuilder()
  #text = ''
  #offsets: number[] | undefined
  #first = 0
  #specials: [number, readonly Special[]][] | undefined
  #failures: [number, ItemFailure][] | undefined
  #transfer: unknown[] | undefined
  #times: number[] | undefined
  /** The start of the first task, in milliseconds since 1970. */
  #start: number | undefined
  #timed: number[] | undefined
  /** The number of asynchronous tasks among the outcomes, and the sum of their times. */
  #waits = 0
  #waitedMs = 0
  #bytes = 0
  /** True if all waiting outcomes can be read from outside. */
  isShown = true
  /** A result that waits is the task's own memory: it has to be sent before a task can change it. */
  isUrgent = false
  /** The next frame says that the worker has stopped the group. */
  hasStopped = false
  /** The next frame says that the rows of the batch could not be read. */
  isUnread = false

  constructor(batch: number, length: number, isText = false) {
    this.#batch = batch
    this.#length = length
    this.isText = isText
  }

  get size(): number {
    return this.#size
  }

  plain(offset: number, value: unknown, bytes: number): void {
    this.#noteOffset(offset)
    this.#size++
    this.#bytes += bytes
    this.#values.push(value)
  }

  /** Adds an object by shape. Returns false if it has to be encoded. */
  shaped(offset: number, value: unknown, encoder: Encoder): boolean {
    const bytes = this.#values.addShaped(value, encoder, this.#length)
    if (bytes < 0) return false
    this.#noteOffset(offset)
    this.#size++
    this.#bytes += bytes
    return true
  }

  /** Adds a result as a line of JSON. */
  line(offset: number, line: string): void {
    this.#noteOffset(offset)
    this.#size++
    this.#bytes += line.length
    this.#text += line
  }

  encoded(
    offset: number,
    { value, specials, bytes, isPassed }: Encoded,
    transfer: readonly unknown[] | undefined,
  ): void {
    if (specials !== undefined) (this.#specials ??= []).push([this.#size, specials])
    if (isPassed) this.isUrgent = true
    if (transfer !== undefined) (this.#transfer ??= []).push(...transfer)
    this.plain(offset, value, bytes)
  }

  /** Returns true if a waiting outcome transfers it. */
  transfers(buffer: unknown): boolean {
    return this.#transfer?.includes(buffer) === true
  }

  failure(offset: number, failure: ItemFailure): void {
    ;(this.#failures ??= []).push([this.#size, failure])
    if (this.isText) this.line(offset, '')
    else this.plain(offset, undefined, 256)
  }

  /** Adds an outcome that the failure of its call, which was added before, stands for. */
  unsent(offset: number): void {
    if (this.isText) this.line(offset, '')
    else this.plain(offset, undefined, 0)
  }

  /** Adds the start and length of the task whose outcome was added last, in milliseconds. */
  addTimes(start: number, ms: number): void {
    ;(this.#times ??= []).push(start, ms)
  }

  /** Notes the start and length of the task whose outcome was added last; `counts`: they are sent. */
  noteTime(start: number, ms: number, counts: boolean): void {
    this.#start ??= start
    if (counts) (this.#timed ??= []).push(this.#size - 1, start, ms)
  }

  /** Adds the time of an asynchronous task whose outcome is added next. Other tasks may have run meanwhile. */
  addWait(ms: number): void {
    this.#waits++
    this.#waitedMs += ms
  }

  /** Returns the frame with all waiting outcomes, and empties the outbox. */
  take(
    ms: number,
    end: boolean,
    memory?: number,
    keys?: Uint8Array,
    contentsOf?: (offsets: readonly number[]) => RowContents,
  ): { frame: DoneFrame; transfer: readonly unknown[] | undefined } {
    const text = this.isText ? bytesOf(this.#text) : undefined
    const transfer = text === undefined ? this.#transfer : [text.buffer]
    this.#values.seal()
    const frame: { -readonly [K in keyof DoneFrame]: DoneFrame[K] } = {
      type: 'done',
      batch: this.#batch,
      offsets: this.#offsets ?? this.#first,
      results: text === undefined ? this.#values.column(this.#specials) : { text, count: this.#size },
      ms,
      bytes: this.#bytes,
      end,
    }
    if (this.#failures !== undefined) frame.failures = this.#failures
    if (memory !== undefined) frame.memory = memory
    if (this.#times !== undefined) frame.times = this.#times
    if (this.#waits > 0) frame.taskMs = this.#waitedMs / this.#waits
    if (this.hasStopped) frame.stopped = true
    if (this.isUnread) frame.unread = true
    if (this.#start !== undefined) frame.start = this.#start
    if (this.#timed !== undefined) frame.timed = this.#timed
    if (keys !== undefined && this.#size > 0) frame.keys = this.#keysOfOutcomes(keys)
    const single = contentsOf === undefined ? [] : this.#singleOffsets()
    if (single.length > 0) frame.contents = contentsOf?.(single) as RowContents
    this.#values = new ColumnBuilder()
    this.#text = ''
    this.#size = 0
    this.#start = undefined
    this.#timed = undefined
    this.#offsets = undefined
    this.#specials = undefined
    this.#failures = undefined
    this.#transfer = undefined
    this.#times = undefined
    this.#waits = 0
    this.#waitedMs = 0
    this.#bytes = 0
    this.isShown = true
    this.isUrgent = false
    this.hasStopped = false
    return { frame, transfer }
  }

  /** Notes the offset of an outcome. Most are consecutive; then the first offset is enough. */
  #noteOffset(offset: number): void {
    const size = this.#size
    if (this.#offsets !== undefined) this.#offsets.push(offset)
    else if (size === 0) this.#first = offset
    else if (offset !== this.#first + size) {
      this.#offsets = Array.from({ length: size }, (_, i) => this.#first + i)
      this.#offsets.push(offset)
    }
  }

  /** The offsets of outcomes that the host may record one by one: failures and slow ones. */
  #singleOffsets(): number[] {
    const positions = new Set<number>()
    for (const [position, failure] of this.#failures ?? [])
      for (let i = 0; i < (failure.kind === 'thrown' ? (failure.call ?? 1) : 1); i++) positions.add(position + i)
    for (let i = 0; i < (this.#timed?.length ?? 0); i += 3) positions.add(this.#timed?.[i] as number)
    return Array.from(positions, (position) => this.#offsets?.[position] ?? this.#first + position)
  }

  /** Picks the keys of the outcomes out of those of all items of the batch. */
  #keysOfOutcomes(all: Uint8Array): Uint8Array {
    const offsets = this.#offsets
    if (offsets === undefined) return all.slice(this.#first * KEY_BYTES, (this.#first + this.#size) * KEY_BYTES)
    const keys = new Uint8Array(offsets.length * KEY_BYTES)
    for (const [i, offset] of offsets.entries())
      keys.set(all.subarray(offset * KEY_BYTES, (offset + 1) * KEY_BYTES), i * KEY_BYTES)
    return keys
  }
}

const encoder = new TextEncoder()

/** The bytes of a text in a buffer of their own, which can be handed over. */
function bytesOf(text: string): Buffer {
  const short = Buffer.allocUnsafeSlow(text.length)
  // Most texts are ASCII, and then it holds all: to count the bytes first takes longer than to write them.
  if (encoder.encodeInto(text, short).read === text.length) return short
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}
