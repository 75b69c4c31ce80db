import { MAX_BATCH_BYTES } from '../../pool/jobs/batch-sizer.ts'
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

/** Blocks that are read ahead of the one that is handed out. */
const BLOCKS_AHEAD = 1

/** Rows that a run may hold for each worker, at least: more than of other inputs, since a row is only some bytes. */
const ROWS_PER_WORKER = 4_096

/** Makes the window of a run large enough for rows, unless the user set it. */
export function rowWindow({ settings, window }: RunContext, { workers }: RunHost): Window {
  if (settings.window === undefined) window.atLeast(ROWS_PER_WORKER * (settings.workers ?? workers))
  return window
}

export interface RowSourceOptions extends RowTerms {
  readonly rows: RowSupply
  readonly window: Window
  readonly leavesOut: LeavesOut | undefined
}

/** Reads data files block by block, and hands out their rows as bytes. */
export class RowSource implements Source, InputCounts {
  /** An error from reading; all rows before it have their outcome first. */
  error: Ending | undefined
  /** Rows that were left out so far. */
  skipped = 0
  readonly #options: RowSourceOptions
  readonly #blocks: AsyncGenerator<RowBlock, void, undefined>
  #job!: SourcePort
  /** Blocks that were read; rows are taken from the first. */
  readonly #ahead: ReadBlock[] = []
  /** The next row of the first block. */
  #row = 0
  /** Rows of all blocks so far. */
  #rows = 0
  #sequence = 0
  #isReading = false
  #done = false

  constructor(options: RowSourceOptions) {
    this.#options = options
    this.#blocks = options.rows.blocks()
  }

  attach(job: SourcePort): void {
    this.#job = job
  }

  get exhausted(): boolean {
    return this.empty && !this.#isReading
  }

  get empty(): boolean {
    return this.#done && this.#ahead.length === 0
  }

  get read(): number {
    const [first] = this.#ahead
    return first === undefined ? this.#rows : first.firstIndex + this.#row
  }

  get size(): number | undefined {
    if (this.exhausted) return this.#sequence
    const count = this.#options.rows.count()
    return count === undefined ? undefined : count - this.skipped
  }

  remaining(): number | undefined {
    const count = this.#done ? this.#rows : this.#options.rows.count()
    return count === undefined ? undefined : Math.max(0, count - this.read)
  }

  take(max: number): Chunk | undefined {
    this.#readAhead()
    const { window } = this.#options
    const block = this.#ahead[0]
    if (block === undefined) return undefined
    const room = Math.min(max, window.room())
    if (room === 0) return undefined
    const first = this.#row
    const count = block.runFrom(first, room, MAX_BATCH_BYTES)
    const chunk = new RowChunk(block, first, count, this.#sequence, this.#options)
    this.#sequence += count
    let bytes = 0
    for (let offset = 0; offset < count; offset++) bytes += chunk.bytes(offset)
    window.enter(bytes, count)
    this.#advance(first + count)
    return chunk
  }

  stop(): void {
    this.#ahead.length = 0
    if (this.#done) return
    this.#done = true
    // A pending read may never settle.
    this.#isReading = false
    // Nothing waits for the files to close, so errors are ignored.
    this.#blocks.return().catch(() => {})
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

  #readAhead(): void {
    if (this.#isReading || this.#done || this.#ahead.length > BLOCKS_AHEAD) return
    this.#isReading = true
    void this.#readBlocks().finally(() => {
      this.#isReading = false
      // The end of the rows may be the end of the run.
      this.#job.wake()
    })
  }

  async #readBlocks(): Promise<void> {
    try {
      while (!this.#done && this.#ahead.length <= BLOCKS_AHEAD) {
        const step = await this.#blocks.next()
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
    this.#blocks.return().catch(() => {})
  }
}
