import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Chunk } from '../../pool/jobs/chunk.ts'
import { Item } from '../../pool/jobs/item.ts'
import type { TaskPolicy } from '../../task/failure-policy.ts'
import { bufferPool, type BufferLease } from '../../wire/codec/buffer-pool.ts'
import type { Encoder } from '../../wire/codec/encoder.ts'
import type { Encoded, Special } from '../../wire/codec/special.ts'
import { ColumnBuilder } from '../../wire/protocol/column-builder.ts'
import { packColumn } from '../../wire/protocol/compact-frames.ts'
import type { Column } from '../../wire/protocol/frames.ts'

/** The function to call with an input, and its failure policy. */
export interface Assignment {
  readonly fn: PreparedFunction
  readonly policy: TaskPolicy
}

/** Bytes that a number, a boolean and the like take on the wire, roughly. */
const PLAIN_BYTES = 8

/** Inputs in the order in which they were read, as columns. */
export class InputChunk implements Chunk {
  readonly spread: boolean
  readonly #firstIndex: number
  readonly #firstSequence: number
  /** The index of each; undefined while they are consecutive, which ends when an input was skipped in between. */
  #indexes: number[] | undefined
  /** Inputs as the caller gave them. */
  readonly #inputs: unknown[] = []
  /** Copies, made when they were read; undefined while all inputs are sent as they are. */
  #values: ColumnBuilder | undefined
  /** The assignment of all, until `#assignments` is set because one differs. */
  readonly #first: Assignment
  #assignments: Assignment[] | undefined
  #sizes: number[] | undefined
  #specials: [number, readonly Special[]][] | undefined
  #transfers: Map<number, readonly unknown[]> | undefined
  #leases: Map<number, BufferLease> | undefined
  #items: Map<number, Item> | undefined
  #total = 0

  constructor(firstIndex: number, firstSequence: number, assignment: Assignment, spread: boolean) {
    this.#firstIndex = firstIndex
    this.#firstSequence = firstSequence
    this.#first = assignment
    this.spread = spread
  }

  get length(): number {
    return this.#inputs.length
  }

  /** Bytes of all. */
  get total(): number {
    return this.#total
  }

  /**
   * Writes a value by shape. Returns its bytes; -1 if it has to be added in another way. `most`: the most inputs that the
   * chunk will have.
   */
  addShaped(
    value: unknown,
    encoder: Encoder,
    most: number,
    assignment: Assignment,
    input: unknown,
    index: number,
  ): number {
    const bytes = this.#copies().addShaped(value, encoder, most)
    if (bytes < 0) return bytes
    this.#begin(assignment, input, index)
    this.#size(bytes)
    return bytes
  }

  /** Called when all inputs were added. */
  seal(): void {
    this.#values?.seal()
  }

  /** Adds a value that is its own copy. Returns its bytes. */
  addPlain(value: unknown, assignment: Assignment, input: unknown, index: number): number {
    const bytes = typeof value === 'string' ? value.length : PLAIN_BYTES
    if (this.#values !== undefined || value !== input) this.#copies().push(value)
    this.#begin(assignment, input, index)
    this.#size(bytes)
    return bytes
  }

  /** Adds an encoded value. */
  addEncoded(
    encoded: Encoded,
    transfer: readonly unknown[] | undefined,
    assignment: Assignment,
    input: unknown,
    index: number,
  ): void {
    const offset = this.length
    this.#copies().push(encoded.value)
    this.#begin(assignment, input, index)
    if (encoded.specials !== undefined) (this.#specials ??= []).push([offset, encoded.specials])
    if (encoded.lease !== undefined) (this.#leases ??= new Map<number, BufferLease>()).set(offset, encoded.lease)
    if (transfer !== undefined) (this.#transfers ??= new Map<number, readonly unknown[]>()).set(offset, transfer)
    this.#size(encoded.bytes)
  }

  get priority(): number {
    return (this.#assignments?.[0] ?? this.#first).policy.priority
  }

  functions(): Iterable<PreparedFunction> {
    if (this.#assignments === undefined) return [this.#first.fn]
    return new Set(this.#assignments.map((one) => one.fn))
  }

  fn(offset: number): PreparedFunction {
    return (this.#assignments?.[offset] ?? this.#first).fn
  }

  policy(offset: number): TaskPolicy {
    return (this.#assignments?.[offset] ?? this.#first).policy
  }

  index(offset: number): number {
    return this.#indexes?.[offset] ?? this.#firstIndex + offset
  }

  sequence(offset: number): number {
    return this.#firstSequence + offset
  }

  input(offset: number): unknown {
    return this.#inputs[offset]
  }

  bytes(offset: number): number {
    return this.#sizes?.[offset] ?? PLAIN_BYTES
  }

  tag(): undefined {
    return undefined
  }

  item(offset: number): Item {
    const known = this.#items?.get(offset)
    if (known !== undefined) return known
    const { fn, policy } = this.#assignments?.[offset] ?? this.#first
    const specials = this.#specials?.find(([of]) => of === offset)?.[1]
    const item = new Item({
      index: this.index(offset),
      sequence: this.sequence(offset),
      input: this.#inputs[offset],
      value: this.#values === undefined ? this.#inputs[offset] : this.#values.value(offset),
      specials,
      bytes: this.bytes(offset),
      spread: this.spread,
      transfer: this.#transfers?.get(offset),
      lease: this.#leases?.get(offset),
      fn,
      policy,
    })
    ;(this.#items ??= new Map<number, Item>()).set(offset, item)
    return item
  }

  column(): Column {
    return this.#values === undefined ? packColumn(this.#inputs, undefined) : this.#values.column(this.#specials)
  }

  indexes(): number | readonly number[] {
    return this.#indexes ?? this.#firstIndex
  }

  attempts(): undefined {
    return undefined
  }

  /** Always 1: items that run again are sent in other chunks. */
  attempt(): number {
    return 1
  }

  lastTries(): true | readonly number[] | undefined {
    const isLast = (offset: number): boolean =>
      (this.#assignments?.[offset] ?? this.#first).policy.retries.times === 0 || this.#transfers?.has(offset) === true
    if (this.#assignments === undefined && this.#transfers === undefined) return isLast(0) ? true : undefined
    const offsets = Array.from(this.#inputs.keys()).filter(isLast)
    return offsets.length === this.length ? true : offsets.length === 0 ? undefined : offsets
  }

  release(offset: number, count: number): void {
    if (this.#leases === undefined) return
    for (let i = offset; i < offset + count; i++) {
      const lease = this.#leases.get(i)
      if (lease !== undefined) bufferPool.release(lease)
    }
  }

  transfer(): readonly unknown[] | undefined {
    return this.#transfers === undefined ? undefined : [...this.#transfers.values()].flat()
  }

  /** The copies. The first of them comes after inputs that are sent as they are. */
  #copies(): ColumnBuilder {
    if (this.#values === undefined) {
      this.#values = new ColumnBuilder()
      for (const input of this.#inputs) this.#values.push(input)
    }
    return this.#values
  }

  #begin(assignment: Assignment, input: unknown, index: number): void {
    const offset = this.#inputs.length
    if (this.#indexes !== undefined) this.#indexes.push(index)
    else if (index !== this.#firstIndex + offset) {
      this.#indexes = Array.from({ length: offset }, (_, i) => this.#firstIndex + i)
      this.#indexes.push(index)
    }
    this.#assign(assignment)
    this.#inputs.push(input)
  }

  #assign(assignment: Assignment): void {
    if (this.#assignments === undefined) {
      if (assignment === this.#first) return
      this.#assignments = new Array<Assignment>(this.#inputs.length).fill(this.#first)
    }
    this.#assignments.push(assignment)
  }

  #size(bytes: number): void {
    this.#total += bytes
    if (this.#sizes === undefined) {
      if (bytes === PLAIN_BYTES) return
      // `#inputs` already holds the input whose size is pushed below.
      this.#sizes = new Array<number>(this.#inputs.length - 1).fill(PLAIN_BYTES)
    }
    this.#sizes.push(bytes)
  }
}
