import type { Encoded, Special } from '../wire/codec/special.ts'
import type { Column, DoneFrame, ItemFailure } from '../wire/frames.ts'

/** Outcomes of one batch that wait to be sent. */
export class Outbox {
  readonly #batch: number
  #values: unknown[] = []
  #offsets: number[] | undefined
  #first = 0
  #numbersOnly = true
  #specials: [number, readonly Special[]][] | undefined
  #failures: [number, ItemFailure][] | undefined
  #transfer: unknown[] | undefined
  #bytes = 0

  constructor(batch: number) {
    this.#batch = batch
  }

  get size(): number {
    return this.#values.length
  }

  number(offset: number, value: number): void {
    this.#place(offset)
    this.#values.push(value)
  }

  plain(offset: number, value: unknown, bytes: number): void {
    this.#place(offset)
    this.#numbersOnly = false
    this.#bytes += bytes
    this.#values.push(value)
  }

  encoded(offset: number, { value, specials, bytes }: Encoded, transfer: readonly unknown[] | undefined): void {
    if (specials !== undefined) (this.#specials ??= []).push([this.#values.length, specials])
    if (transfer !== undefined) (this.#transfer ??= []).push(...transfer)
    this.plain(offset, value, bytes)
  }

  failure(offset: number, failure: ItemFailure): void {
    ;(this.#failures ??= []).push([this.#values.length, failure])
    this.plain(offset, undefined, 256)
  }

  /** The frame with all that waits; the outbox is empty then. */
  take(ms: number, end: boolean, memory?: number): { frame: DoneFrame; transfer: readonly unknown[] | undefined } {
    const values = this.#values
    const transfer = this.#transfer
    const numbers = this.#numbersOnly && values.length > 0
    const results: Column = {
      values: numbers ? Float64Array.from(values as number[]) : values,
      ...(this.#specials && { specials: this.#specials }),
    }
    const frame: DoneFrame = {
      type: 'done',
      batch: this.#batch,
      offsets: this.#offsets ?? this.#first,
      results,
      ...(this.#failures && { failures: this.#failures }),
      ms,
      bytes: numbers ? values.length * 8 : this.#bytes,
      end,
      ...(memory !== undefined && { memory }),
    }
    this.#values = []
    this.#offsets = undefined
    this.#numbersOnly = true
    this.#specials = undefined
    this.#failures = undefined
    this.#transfer = undefined
    this.#bytes = 0
    return { frame, transfer }
  }

  /** Most outcomes come in a row: then the first offset tells all. */
  #place(offset: number): void {
    const size = this.#values.length
    if (this.#offsets !== undefined) this.#offsets.push(offset)
    else if (size === 0) this.#first = offset
    else if (offset !== this.#first + size) {
      this.#offsets = Array.from({ length: size }, (_, i) => this.#first + i)
      this.#offsets.push(offset)
    }
  }
}
