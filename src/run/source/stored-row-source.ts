import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import type { RowBlock } from '../../rows/row-block.ts'
import type { RowSupply } from '../../rows/row-supply.ts'
import type { RunHost } from '../hosts/run-host.ts'
import type { InputCounts, RunContext } from '../plan.ts'
import { BlocksAhead } from './blocks-ahead.ts'
import type { LeavesOut } from './parsed-rows.ts'
import type { ReadBlock } from './read-block.ts'
import { RowChunk, type RowTerms } from './row-chunk.ts'
import type { Window } from './window.ts'

/** Parts of this many rows fit into the window twice for each worker. */
const ROWS_PER_WORKER = 2 ** 17

/** Makes the window of a run large enough for whole blocks of a table, unless the user set it. Returns the size of parts. */
export function storedWindow({ settings, window }: RunContext, { workers }: RunHost): { window: Window; part: number } {
  const count = settings.workers ?? workers
  if (settings.window === undefined) window.atLeast(ROWS_PER_WORKER * count)
  return { window, part: Math.max(1, Math.floor(window.maxItems / (2 * count))) }
}

export interface StoredRowSourceOptions extends RowTerms {
  readonly rows: AsyncGenerator<RowBlock, void, undefined>
  readonly supply: RowSupply
  readonly leavesOut: LeavesOut | undefined
  readonly window: Window
  /** Rows that one worker is given, at most, before others may have the next. */
  readonly part: number
}

/** Consecutive rows of a block that one worker is to have. All are in the window already. */
interface Part {
  readonly block: ReadBlock
  owner: object | undefined
  next: number
  readonly end: number
  /** The position of the next one among the outcomes. */
  sequence: number
}

/**
 * Hands out rows that stay in their file, of which workers decode a whole block at a time: so the rows of a block go to the
 * same worker, and each worker has a block of its own.
 */
export class StoredRowSource implements Source, InputCounts {
  readonly #options: StoredRowSourceOptions
  readonly #ahead: BlocksAhead
  /** Parts of which rows are left, in order. */
  readonly #parts: Part[] = []
  /** Rows in parts so far, and those that were taken, without those that were left out. */
  #opened = 0
  #taken = 0

  constructor(options: StoredRowSourceOptions) {
    this.#options = options
    this.#ahead = new BlocksAhead(options.rows, options.leavesOut)
  }

  attach(job: SourcePort): void {
    this.#ahead.attach(job)
  }

  get error(): Ending | undefined {
    return this.#ahead.error
  }

  get skipped(): number {
    return this.#ahead.skipped
  }

  get exhausted(): boolean {
    return this.empty && !this.#ahead.isReading
  }

  get empty(): boolean {
    return this.#ahead.isEmpty && this.#parts.length === 0
  }

  get read(): number {
    return this.#taken + this.skipped
  }

  get size(): number | undefined {
    if (this.exhausted) return this.#taken
    const count = this.#options.supply.count()
    return count === undefined ? undefined : count - this.skipped
  }

  remaining(): number | undefined {
    const count = this.#ahead.isDone ? this.#ahead.rows : this.#options.supply.count()
    return count === undefined ? undefined : Math.max(0, count - this.read)
  }

  take(max: number, worker?: object): Chunk | undefined {
    this.#ahead.read()
    const part = this.#partFor(worker)
    if (part === undefined) return undefined
    part.owner ??= worker
    const { block, next: first, sequence } = part
    const count = block.runFrom(first, Math.min(max, part.end - first), Infinity)
    part.next = Math.min(block.nextRow(first + count), part.end)
    part.sequence += count
    if (part.next === part.end) this.#parts.splice(this.#parts.indexOf(part), 1)
    this.#taken += count
    return new RowChunk(block, first, count, sequence, this.#options)
  }

  stop(): void {
    this.#parts.length = 0
    this.#ahead.stop()
  }

  /** Prefers the worker's own part, then a new one, then that of another. */
  #partFor(worker: object | undefined): Part | undefined {
    const own = worker && this.#parts.find(({ owner }) => owner === worker)
    return own ?? this.#parts.find(({ owner }) => owner === undefined) ?? this.#openPart() ?? this.#partToShare()
  }

  #openPart(): Part | undefined {
    const { window, part: size } = this.#options
    const { first: block, row } = this.#ahead
    if (block === undefined || !window.hasRoom()) return undefined
    const left = block.countOf(row, block.length)
    const count = Math.min(left, size, window.room())
    // A part that is too small for the room left would have its block decoded once more.
    if (count < left && count < size && this.#parts.length > 0) {
      window.announce()
      return undefined
    }
    const part: Part = {
      block,
      owner: undefined,
      next: row,
      end: block.endOf(row, count),
      sequence: this.#opened,
    }
    window.enter(count * block.bytesOf(row), count)
    this.#opened += count
    this.#parts.push(part)
    this.#ahead.advance(part.end)
    return part
  }

  /** Finds the part with the most rows left: its block is decoded once more, which takes less than to wait for most tasks. */
  #partToShare(): Part | undefined {
    let most: Part | undefined
    for (const part of this.#parts) if (most === undefined || part.end - part.next > most.end - most.next) most = part
    return most
  }
}
