import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Chunk } from '../../pool/jobs/chunk.ts'
import { eachContent, inputOf, type ItemRow, keyOfRow, StoredContent } from '../../pool/jobs/item-row.ts'
import { Item } from '../../pool/jobs/item.ts'
import type { TaskPolicy } from '../../task/failure-policy.ts'
import type { RowColumn, RowContents } from '../../wire/protocol/row-columns.ts'
import type { BlockSpool } from './block-spool.ts'
import type { Assignment } from './input-chunk.ts'
import type { ReadBlock } from './read-block.ts'

/** Fewer bytes are sent: to read them in a file would take longer. */
const LEAST_READ = 2 ** 12
const NO_BYTES = new Uint8Array(0)

/** Says if workers read rows in their files themselves. */
export interface RangeUse {
  mayRead: boolean
  /** Holds rows that stand in no file as they are. */
  readonly spool?: BlockSpool
}

/** The properties that the chunks of a run have in common. */
export interface RowTerms {
  readonly assignment: Assignment
  readonly spread: boolean
  /** The secret of the job log's keys, if there is a job log. */
  readonly secret: Uint8Array | undefined
  /** Undefined if workers may not have the same files, or share the memory of blocks. */
  readonly ranges: RangeUse | undefined
}

/** Consecutive rows of a block, sent as they stand in their file. */
export class RowChunk implements Chunk {
  readonly isRows = true
  readonly length: number
  readonly #block: ReadBlock
  /** The first row in the block. */
  readonly #first: number
  readonly #firstSequence: number
  readonly #terms: RowTerms
  #items: Map<number, Item> | undefined
  #contents: Map<number, StoredContent> | undefined

  constructor(block: ReadBlock, first: number, length: number, firstSequence: number, terms: RowTerms) {
    this.#block = block
    this.#first = first
    this.length = length
    this.#firstSequence = firstSequence
    this.#terms = terms
  }

  get spread(): boolean {
    return this.#terms.spread
  }

  get priority(): number {
    return this.#terms.assignment.policy.priority
  }

  functions(): Iterable<PreparedFunction> {
    return [this.fn()]
  }

  fn(): PreparedFunction {
    return this.#terms.assignment.fn
  }

  policy(): TaskPolicy {
    return this.#terms.assignment.policy
  }

  index(offset: number): number {
    return this.#block.firstIndex + this.#first + offset
  }

  sequence(offset: number): number {
    return this.#firstSequence + offset
  }

  input(offset: number): unknown {
    const content = this.#contentOf(offset)
    return content === undefined ? this.#block.input(this.#first + offset) : inputOf(this.#row(offset))
  }

  bytes(offset: number): number {
    return this.#block.bytesOf(this.#first + offset)
  }

  tag(): undefined {
    return undefined
  }

  key(offset: number): string | undefined {
    return keyOfRow(this.#row(offset))
  }

  item(offset: number): Item {
    const known = this.#items?.get(offset)
    if (known !== undefined) return known
    const row = this.#row(offset)
    const input = (): unknown => inputOf(row)
    const item = new Item({
      index: this.index(offset),
      sequence: this.sequence(offset),
      get input() {
        return input()
      },
      row,
      value: undefined,
      specials: undefined,
      bytes: this.bytes(offset),
      spread: this.spread,
      transfer: undefined,
      ...this.#terms.assignment,
    })
    ;(this.#items ??= new Map<number, Item>()).set(offset, item)
    this.#block.release(1)
    return item
  }

  column(): RowColumn {
    const { secret, ranges } = this.#terms
    const { format } = this.#block
    const slice = this.#block.slice(this.#first, this.length)
    const range =
      ranges?.mayRead === true && slice.rows.length >= LEAST_READ
        ? this.#block.rangeOf(this.#first, this.length, ranges.spool)
        : undefined
    return { ...slice, ...(range && { rows: NO_BYTES, range }), format, ...(secret && { secret }) }
  }

  indexes(): number {
    return this.index(0)
  }

  attempts(): undefined {
    return undefined
  }

  /** Always 1: rows that run again are sent in other chunks. */
  attempt(): number {
    return 1
  }

  lastTries(): true | undefined {
    return this.#terms.assignment.policy.retries.times === 0 ? true : undefined
  }

  /** A row that has become an item needs the block no more. */
  release(offset: number, count: number): void {
    let left = count
    for (const item of this.#items?.keys() ?? []) if (item >= offset && item < offset + count) left--
    this.#block.release(left)
  }

  transfer(): undefined {
    return undefined
  }

  noteUnread(): void {
    if (this.#terms.ranges !== undefined) this.#terms.ranges.mayRead = false
  }

  noteContents(contents: RowContents): void {
    eachContent(contents, (offset, content) => this.#contentOf(offset)?.note(content))
  }

  #contentOf(offset: number): StoredContent | undefined {
    const read = this.#block.contentOf(this.#first + offset)
    if (read === undefined) return undefined
    const contents = (this.#contents ??= new Map<number, StoredContent>())
    let content = contents.get(offset)
    if (content === undefined) contents.set(offset, (content = new StoredContent(read)))
    return content
  }

  /** The row for itself: with bytes of its own, since it may outlive its block. */
  #row(offset: number): ItemRow {
    const block = this.#block
    const row = this.#first + offset
    const { secret } = this.#terms
    const content = this.#contentOf(offset)
    const position = block.position(row)
    return { bytes: Buffer.from(block.rowBytes(row)), format: block.format, secret, position, content }
  }
}
