import type { BufferLease } from '../../wire/codec/buffer-pool.ts'
import type { Special } from '../../wire/codec/special.ts'
import { packColumn } from '../../wire/protocol/compact-frames.ts'
import type { Column } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from './chunk.ts'
import type { Item } from './item.ts'

/** Items that are sent together: calls that came one by one, and inputs that run again. */
export class ItemChunk implements Chunk {
  readonly length: number
  readonly spread: boolean
  readonly #items: readonly Item[]

  constructor(items: readonly Item[]) {
    this.#items = items
    this.length = items.length
    this.spread = this.item(0).spread
  }

  get priority(): number {
    return this.item(0).policy.priority
  }

  functions(): Iterable<PreparedFunction> {
    return new Set(this.#items.map((item) => item.fn))
  }

  fn(at: number): PreparedFunction {
    return this.item(at).fn
  }

  index(at: number): number {
    return this.item(at).index
  }

  sequence(at: number): number {
    return this.item(at).sequence
  }

  input(at: number): unknown {
    return this.item(at).input
  }

  bytes(at: number): number {
    return this.item(at).bytes
  }

  tag(at: number): unknown {
    return this.item(at).tag
  }

  item(at: number): Item {
    return this.#items[at] as Item
  }

  column(): Column {
    const specials: [number, readonly Special[]][] = []
    const values = this.#items.map((item, at) => {
      if (item.specials !== undefined) specials.push([at, item.specials])
      return item.value
    })
    return packColumn(values, specials.length === 0 ? undefined : specials)
  }

  indexes(): number | readonly number[] {
    const first = this.index(0)
    const inARow = this.#items.every((item, at) => item.index === first + at)
    return inARow ? first : this.#items.map((item) => item.index)
  }

  attempt(at: number): number {
    return this.item(at).attempts + 1
  }

  attempts(): readonly number[] | undefined {
    if (this.#items.every((item) => item.attempts === 0)) return undefined
    return this.#items.map((item) => item.attempts + 1)
  }

  lastTries(): true | readonly number[] | undefined {
    const offsets = this.#items.flatMap((item, offset) => (item.isLastTry ? [offset] : []))
    return offsets.length === this.length ? true : offsets.length === 0 ? undefined : offsets
  }

  lease(at: number): BufferLease | undefined {
    return this.item(at).lease
  }

  transfer(): readonly unknown[] | undefined {
    const buffers = this.#items.flatMap((item) => item.transfer ?? [])
    return buffers.length === 0 ? undefined : buffers
  }
}
