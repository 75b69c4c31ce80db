import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import type { RowBlock } from '../../rows/row-block.ts'
import { partOf } from '../../rows/row-range.ts'
import type { RowSupply } from '../../rows/row-supply.ts'
import type { RunHost } from '../hosts/run-host.ts'
import type { InputCounts, RunContext } from '../plan.ts'
import type { LeavesOut } from './parsed-rows.ts'
import { ReadBlock } from './read-block.ts'
import { RowChunk, type RowTerms } from './row-chunk.ts'
import type { Window } from './window.ts'

/** Blocks that are read ahead: no more than their places in the file. */
const BLOCKS_AHEAD = 2

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
  /** An error from reading; all rows before it have their outcome first. */
  error: Ending | undefined
  /** Rows that were left out so far. */
  skipped = 0
  readonly #options: StoredRowSourceOptions
  #job!: SourcePort
  /** Blocks that were read, the first of which is divided. */
  readonly #ahead: ReadBlock[] = []
  /** The next row of the first block. */
  #row = 0
  /** Parts of which rows are left, in order. */
  readonly #parts: Part[] = []
  /** Rows of all blocks so far; those in parts, and those that were taken, without those that were left out. */
  #rows = 0
  #opened = 0
  #taken = 0
  #isReading = false
  #done = false

  constructor(options: StoredRowSourceOptions) {
    this.#options = options
  }

  attach(job: SourcePort): void {
    this.#job = job
  }

  get exhausted(): boolean {
    return this.empty && !this.#isReading
  }

  get empty(): boolean {
    return this.#done && this.#ahead.length === 0 && this.#parts.length === 0
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
    const count = this.#done ? this.#rows : this.#options.supply.count()
    return count === undefined ? undefined : Math.max(0, count - this.read)
  }

  take(max: number, worker?: object): Chunk | undefined {
    this.#readAhead()
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
    this.#ahead.length = 0
    this.#parts.length = 0
    if (this.#done) return
    this.#done = true
    this.#isReading = false
    // Nothing waits for the files to close, so errors are ignored.
    this.#options.rows.return().catch(() => {})
  }

  /** Prefers the worker's own part, then a new one, then that of another. */
  #partFor(worker: object | undefined): Part | undefined {
    const own = worker && this.#parts.find(({ owner }) => owner === worker)
    return own ?? this.#parts.find(({ owner }) => owner === undefined) ?? this.#openPart() ?? this.#partToShare()
  }

  #openPart(): Part | undefined {
    const { window, part: size } = this.#options
    const [block] = this.#ahead
    if (block === undefined || !window.hasRoom()) return undefined
    const left = block.countOf(this.#row, block.length)
    const count = Math.min(left, size, window.room())
    // A part that is too small for the room left would have its block decoded once more.
    if (count < left && count < size && this.#parts.length > 0) {
      window.announce()
      return undefined
    }
    const part: Part = {
      block,
      owner: undefined,
      next: this.#row,
      end: block.endOf(this.#row, count),
      sequence: this.#opened,
    }
    window.enter(count * block.bytesOf(this.#row), count)
    this.#opened += count
    this.#parts.push(part)
    this.#advance(part.end)
    return part
  }

  /** Goes to the next row that runs. */
  #advance(row: number): void {
    this.#row = row
    for (let block = this.#ahead[0]; block !== undefined; block = this.#ahead[0]) {
      this.#row = block.nextRow(this.#row)
      if (this.#row < block.length) return
      this.#ahead.shift()
      this.#row = 0
    }
    this.#readAhead()
  }

  /** Finds the part with the most rows left: its block is decoded once more, which takes less than to wait for most tasks. */
  #partToShare(): Part | undefined {
    let most: Part | undefined
    for (const part of this.#parts) if (most === undefined || part.end - part.next > most.end - most.next) most = part
    return most
  }

  #readAhead(): void {
    if (this.#isReading || this.#done || this.#ahead.length >= BLOCKS_AHEAD) return
    this.#isReading = true
    void this.#readBlocks().finally(() => {
      this.#isReading = false
      // The end of the rows may be the end of the run.
      this.#job.wake()
    })
  }

  async #readBlocks(): Promise<void> {
    try {
      while (!this.#done && this.#ahead.length < BLOCKS_AHEAD) {
        const step = await this.#options.rows.next()
        if (this.#done) return
        if (step.done === true) {
          this.#done = true
          return
        }
        this.#add(step.value)
        this.#job.wake()
      }
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #add(raw: RowBlock): void {
    const whole = new ReadBlock(raw, this.#rows)
    const { mask, failed } = this.#options.leavesOut?.(whole, raw) ?? {}
    if (failed !== undefined) this.#fail(failed.thrown)
    if (failed?.row === 0) return
    const block = failed === undefined ? whole : new ReadBlock(partOf(raw, 0, failed.row), this.#rows)
    this.#rows += block.length
    this.skipped += block.leaveOut(mask?.subarray(0, block.length))
    this.#ahead.push(block)
    if (this.#ahead.length === 1) this.#advance(0)
  }

  /** Reads no more; rows that were read have their outcomes. */
  #fail(thrown: unknown): void {
    this.#done = true
    this.error ??= { thrown }
    // Nothing waits for the files to close, so errors are ignored.
    this.#options.rows.return().catch(() => {})
  }
}
