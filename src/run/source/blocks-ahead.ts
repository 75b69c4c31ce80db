import type { Ending, SourcePort } from '../../pool/jobs/ports.ts'
import type { RowBlock } from '../../rows/row-block.ts'
import { partOf } from '../../rows/row-range.ts'
import type { LeavesOut } from './parsed-rows.ts'
import { ReadBlock } from './read-block.ts'

/** Blocks that are held at a time: the one whose rows are handed out, and the next. */
const BLOCKS = 2

/** Reads blocks of rows ahead, and knows which row is the next to run. */
export class BlocksAhead {
  /** An error from reading; all rows before it have their outcome first. */
  error: Ending | undefined
  /** Rows that were left out so far. */
  skipped = 0
  /** Rows of all blocks so far. */
  rows = 0
  /** The next row of the first block. */
  row = 0
  /** Nothing more is read. */
  isDone = false
  readonly #blocks: AsyncGenerator<RowBlock, void, undefined>
  readonly #leavesOut: LeavesOut | undefined
  readonly #held: ReadBlock[] = []
  #job!: SourcePort
  #isReading = false

  constructor(blocks: AsyncGenerator<RowBlock, void, undefined>, leavesOut: LeavesOut | undefined) {
    this.#blocks = blocks
    this.#leavesOut = leavesOut
  }

  attach(job: SourcePort): void {
    this.#job = job
  }

  /** The block from which rows are taken. */
  get first(): ReadBlock | undefined {
    return this.#held[0]
  }

  /** All rows were read and handed out. */
  get isEmpty(): boolean {
    return this.isDone && this.#held.length === 0
  }

  /** A read is under way: its end wakes the job. */
  get isReading(): boolean {
    return this.#isReading
  }

  /** Goes on to the next row that runs, from this row of the first block on. */
  advance(row: number): void {
    this.row = row
    for (let block = this.first; block !== undefined; block = this.first) {
      this.row = block.nextRow(this.row)
      if (this.row < block.length) return
      this.#held.shift()
      this.row = 0
    }
    this.read()
  }

  /** Reads blocks as far as there is room for them. */
  read(): void {
    if (this.#isReading || this.isDone || this.#held.length >= BLOCKS) return
    this.#isReading = true
    void this.#readBlocks().finally(() => {
      this.#isReading = false
      // The end of the rows may be the end of the run.
      this.#job.wake()
    })
  }

  /** Drops what is held, and reads no more. */
  stop(): void {
    this.#held.length = 0
    if (this.isDone) return
    this.isDone = true
    // A pending read may never settle.
    this.#isReading = false
    this.#close()
  }

  async #readBlocks(): Promise<void> {
    try {
      while (!this.isDone && this.#held.length < BLOCKS) {
        const step = await this.#blocks.next()
        if (this.isDone) return
        if (step.done === true) {
          this.isDone = true
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
    const whole = new ReadBlock(raw, this.rows)
    const { mask, failed } = this.#leavesOut?.(whole, raw) ?? {}
    if (failed !== undefined) this.#fail(failed.thrown)
    if (failed?.row === 0) return
    const block = failed === undefined ? whole : new ReadBlock(partOf(raw, 0, failed.row), this.rows)
    this.rows += block.length
    this.skipped += block.leaveOut(mask?.subarray(0, block.length))
    this.#held.push(block)
    if (this.#held.length === 1) this.advance(0)
  }

  /** Reads no more; rows that were read have their outcomes. */
  #fail(thrown: unknown): void {
    this.isDone = true
    this.error ??= { thrown }
    this.#close()
  }

  /** Nothing waits for the files to close, so errors are ignored. */
  #close(): void {
    this.#blocks.return().catch(() => {})
  }
}
