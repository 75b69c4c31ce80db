import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Ending, Source, SourcePort } from '../../pool/jobs/ports.ts'
import type { RowSupply } from '../../rows/row-supply.ts'
import type { RunHost } from '../hosts/run-host.ts'
import type { InputCounts, RunContext } from '../plan.ts'
import { BlocksAhead } from './blocks-ahead.ts'
import type { LeavesOut } from './parsed-rows.ts'
import { RowChunk, type RowTerms } from './row-chunk.ts'
import type { Window } from './window.ts'

/** Rows that a run may hold for each worker, at least: more than of other inputs, since a row is only some bytes. */
const ROWS_PER_WORKER = 8_192
/** Bytes of the rows of one batch: more than of other inputs, since they are not copied here. */
const MAX_BYTES = 2 ** 19

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
  readonly #options: RowSourceOptions
  readonly #ahead: BlocksAhead
  #sequence = 0

  constructor(options: RowSourceOptions) {
    this.#options = options
    this.#ahead = new BlocksAhead(options.rows.blocks(), options.leavesOut)
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
    return this.#ahead.isEmpty
  }

  get read(): number {
    const { first, row, rows } = this.#ahead
    return first === undefined ? rows : first.firstIndex + row
  }

  get size(): number | undefined {
    if (this.exhausted) return this.#sequence
    const count = this.#options.rows.count()
    return count === undefined ? undefined : count - this.skipped
  }

  remaining(): number | undefined {
    const count = this.#ahead.isDone ? this.#ahead.rows : this.#options.rows.count()
    return count === undefined ? undefined : Math.max(0, count - this.read)
  }

  take(max: number): Chunk | undefined {
    this.#ahead.read()
    const { window } = this.#options
    const { first: block, row } = this.#ahead
    if (block === undefined) return undefined
    const room = Math.min(max, window.room())
    if (room === 0) return undefined
    const count = block.runFrom(row, room, MAX_BYTES)
    const chunk = new RowChunk(block, row, count, this.#sequence, this.#options)
    this.#sequence += count
    let bytes = 0
    for (let offset = 0; offset < count; offset++) bytes += chunk.bytes(offset)
    window.enter(bytes, count)
    this.#ahead.advance(row + count)
    return chunk
  }

  stop(): void {
    this.#ahead.stop()
  }
}
