import type { Loans } from '../wire/codec/copy-memory.ts'
import type { Special } from '../wire/codec/special.ts'
import type { Column } from '../wire/frames.ts'
import { packColumn } from '../wire/pack-column.ts'
import type { Entry } from './entry.ts'
import type { FunctionUse } from './function-use.ts'
import type { Lot } from './lot.ts'

/** Entries that travel together: calls that came one by one, and inputs that run again. */
export class EntryLot implements Lot {
  readonly length: number
  readonly spread: boolean
  readonly #entries: readonly Entry[]

  constructor(entries: readonly Entry[]) {
    this.#entries = entries
    this.length = entries.length
    this.spread = this.entry(0).spread
  }

  get priority(): number {
    return this.entry(0).policy.priority
  }

  functions(): Iterable<FunctionUse> {
    return new Set(this.#entries.map((entry) => entry.fn))
  }

  fn(at: number): FunctionUse {
    return this.entry(at).fn
  }

  index(at: number): number {
    return this.entry(at).index
  }

  place(at: number): number {
    return this.entry(at).place
  }

  input(at: number): unknown {
    return this.entry(at).input
  }

  bytes(at: number): number {
    return this.entry(at).bytes
  }

  ticket(at: number): unknown {
    return this.entry(at).ticket
  }

  entry(at: number): Entry {
    return this.#entries[at] as Entry
  }

  column(): Column {
    const specials: [number, readonly Special[]][] = []
    const values = this.#entries.map((entry, at) => {
      if (entry.specials !== undefined) specials.push([at, entry.specials])
      return entry.value
    })
    return packColumn(values, specials.length === 0 ? undefined : specials)
  }

  indexes(): number | readonly number[] {
    const first = this.index(0)
    const inARow = this.#entries.every((entry, at) => entry.index === first + at)
    return inARow ? first : this.#entries.map((entry) => entry.index)
  }

  attempts(): readonly number[] | undefined {
    if (this.#entries.every((entry) => entry.attempts === 0)) return undefined
    return this.#entries.map((entry) => entry.attempts + 1)
  }

  loans(at: number): Loans | undefined {
    return this.entry(at).loans
  }

  transfer(): readonly unknown[] | undefined {
    const buffers = this.#entries.flatMap((entry) => entry.transfer ?? [])
    return buffers.length === 0 ? undefined : buffers
  }
}
