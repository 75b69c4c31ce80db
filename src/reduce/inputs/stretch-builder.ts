import type { TaskError } from '../../errors/task-errors.ts'
import { isPlain } from '../../run/source/read-step.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import type { Special } from '../../wire/codec/special.ts'
import { Unsendable } from '../../wire/codec/unsendable.ts'
import { ColumnBuilder } from '../../wire/protocol/column-builder.ts'
import { packColumn } from '../../wire/protocol/compact-frames.ts'
import type { Column } from '../../wire/protocol/frames.ts'
import { ShapedColumn } from '../../wire/shapes/shaped-column.ts'
import type { SentInputs } from '../worker/messages.ts'
import { type Place, Stretch } from './stretch.ts'

/** Bytes that a number, a boolean and the like take on the wire, roughly. */
export const PLAIN_BYTES = 8

/** Puts a stretch together: copies inputs the moment they are read. */
export class StretchBuilder {
  /** The inputs that it is to have. */
  readonly wanted: number
  readonly #place: Place
  readonly #grain: number
  readonly #encoder: Encoder | undefined
  /** The inputs as the caller gave them. */
  readonly #originals: unknown[] = []
  #firstIndex = 0
  /** The index of each; undefined while they are consecutive. */
  #indexes: number[] | undefined
  /** Copies; undefined while all inputs are sent as they are. */
  #copies: ColumnBuilder | undefined
  #specials: [number, readonly Special[]][] | undefined
  readonly #refused: (readonly [offset: number, error: TaskError])[] = []
  #bytes = 0

  /** `encoder` copies inputs; undefined to pass them as they are. */
  constructor(place: Place, wanted: number, grain: number, encoder: Encoder | undefined) {
    this.#place = place
    this.wanted = wanted
    this.#grain = grain
    this.#encoder = encoder
  }

  get count(): number {
    return this.#originals.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds an input. Returns its bytes. `refuse` makes the error of one that cannot be sent. */
  add(input: unknown, index: number, refuse: (error: Unsendable) => TaskError): number {
    this.#begin(input, index)
    const bytes = this.#put(input, refuse)
    this.#bytes += bytes
    return bytes
  }

  /** Adds the number that comes next among the inputs, after at least one other input. `addedNumbers` must follow. */
  addNumber(value: number): void {
    this.#originals.push(value)
    this.#copies?.push(value)
  }

  /** Called when numbers were added. */
  addedNumbers(count: number): void {
    this.#bytes += count * PLAIN_BYTES
  }

  /** Adds an input that is known to be faulty. */
  addRefused(input: unknown, index: number, error: TaskError): void {
    this.#begin(input, index)
    this.#columns().push(undefined)
    this.#refused.push([this.count - 1, error])
  }

  build(): Stretch {
    const column = this.#column()
    const stretch = new Stretch({
      place: this.#place,
      inputs: sent(column),
      bytes: this.#bytes,
      grain: this.#grain,
      // Numbers are kept once.
      originals: column.values instanceof Float64Array ? column.values : this.#originals,
      indexes: this.#indexes ?? this.#firstIndex,
    })
    for (const [offset, error] of this.#refused) stretch.left.set(offset, error)
    return stretch
  }

  #begin(input: unknown, index: number): void {
    const offset = this.#originals.push(input) - 1
    if (offset === 0) this.#firstIndex = index
    if (this.#indexes !== undefined) this.#indexes.push(index)
    else if (index !== this.#firstIndex + offset) {
      this.#indexes = Array.from({ length: offset }, (_, i) => this.#firstIndex + i)
      this.#indexes.push(index)
    }
  }

  #put(input: unknown, refuse: (error: Unsendable) => TaskError): number {
    const encoder = this.#encoder
    if (encoder === undefined || isPlain(input)) {
      this.#copies?.push(input)
      return typeof input === 'string' ? input.length + PLAIN_BYTES : PLAIN_BYTES
    }
    const copies = this.#columns()
    const shaped = copies.addShaped(input, encoder, this.wanted)
    if (shaped >= 0) return shaped
    const offset = this.count - 1
    try {
      const { value, specials, bytes } = encoder.encode(input)
      // A stretch may be sent more than once: buffers that were to be moved are copied.
      encoder.takeTransfer()
      copies.push(value)
      if (specials !== undefined) (this.#specials ??= []).push([offset, specials])
      return bytes
    } catch (error) {
      if (!Unsendable.is(error)) throw error
      copies.push(undefined)
      this.#refused.push([offset, refuse(error)])
      return 0
    }
  }

  /** The copies. The first of them comes after inputs that are sent as they are. */
  #columns(): ColumnBuilder {
    if (this.#copies === undefined) {
      this.#copies = new ColumnBuilder()
      for (let i = 0; i < this.count - 1; i++) this.#copies.push(this.#originals[i])
    }
    return this.#copies
  }

  #column(): Column {
    if (this.#encoder === undefined) return { values: this.#originals }
    if (this.#copies === undefined) return packColumn(this.#originals, undefined)
    this.#copies.seal()
    return this.#copies.column(this.#specials)
  }
}

function sent(column: Column): SentInputs {
  if (column instanceof ShapedColumn) return { shaped: column.shaped }
  const { values, specials } = column
  if (values instanceof Float64Array) return { numbers: values }
  return { values, specials }
}
