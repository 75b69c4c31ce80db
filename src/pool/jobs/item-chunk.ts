import type { TaskPolicy } from '../../task/failure-policy.ts'
import type { CallerContext } from '../../util/caller-context.ts'
import type { Special } from '../../wire/codec/special.ts'
import { packColumn } from '../../wire/protocol/compact-frames.ts'
import type { Column } from '../../wire/protocol/frames.ts'
import type { RowColumn, RowContents } from '../../wire/protocol/row-columns.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from './chunk.ts'
import { columnOf, eachContent, type ItemRow, keyOfRow } from './item-row.ts'
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

  get isRows(): boolean {
    return this.item(0).row !== undefined
  }

  get priority(): number {
    return this.item(0).policy.priority
  }

  functions(): Iterable<PreparedFunction> {
    return new Set(this.#items.map((item) => item.fn))
  }

  fn(offset: number): PreparedFunction {
    return this.item(offset).fn
  }

  policy(offset: number): TaskPolicy {
    return this.item(offset).policy
  }

  index(offset: number): number {
    return this.item(offset).index
  }

  sequence(offset: number): number {
    return this.item(offset).sequence
  }

  input(offset: number): unknown {
    return this.item(offset).input
  }

  bytes(offset: number): number {
    return this.item(offset).bytes
  }

  tag(offset: number): unknown {
    return this.item(offset).tag
  }

  context(offset: number): CallerContext | undefined {
    return this.item(offset).context
  }

  item(offset: number): Item {
    return this.#items[offset] as Item
  }

  key(offset: number): string | undefined {
    const { row } = this.item(offset)
    return row && keyOfRow(row)
  }

  column(): Column | RowColumn {
    if (this.item(0).row !== undefined) return columnOf(this.#items.map(({ row }) => row as ItemRow))
    const specials: [number, readonly Special[]][] = []
    const values = this.#items.map((item, offset) => {
      if (item.specials !== undefined) specials.push([offset, item.specials])
      return item.value
    })
    return packColumn(values, specials.length === 0 ? undefined : specials)
  }

  noteContents(contents: RowContents): void {
    eachContent(contents, (offset, content) => this.#items[offset]?.row?.content?.note(content))
  }

  indexes(): number | readonly number[] {
    const first = this.index(0)
    const inARow = this.#items.every((item, offset) => item.index === first + offset)
    return inARow ? first : this.#items.map((item) => item.index)
  }

  attempt(offset: number): number {
    return this.item(offset).attempts + 1
  }

  attempts(): readonly number[] | undefined {
    if (this.#items.every((item) => item.attempts === 0)) return undefined
    return this.#items.map((item) => item.attempts + 1)
  }

  lastTries(): true | readonly number[] | undefined {
    const offsets = this.#items.flatMap((item, offset) => (item.isLastTry ? [offset] : []))
    return offsets.length === this.length ? true : offsets.length === 0 ? undefined : offsets
  }

  release(offset: number, count: number): void {
    for (let i = offset; i < offset + count; i++) this.item(i).release()
  }

  transfer(): readonly unknown[] | undefined {
    const buffers = this.#items.flatMap((item) => item.transfer ?? [])
    return buffers.length === 0 ? undefined : buffers
  }
}
