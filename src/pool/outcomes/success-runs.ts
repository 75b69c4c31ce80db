import type { SuccessRun } from '../../observe/success-run.ts'
import { type DoneFrame, KEY_BYTES } from '../../wire/protocol/frames.ts'
import { ItemChunk } from '../jobs/item-chunk.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import type { Timings } from './timings.ts'

/** Takes a run of successes, with the row in the frame of its first, and its offset in the batch. */
type TakeRun = (run: SuccessRun, row: number, offset: number) => void

/** Divides the successes of a frame into runs: of consecutive inputs at their first attempt; slow ones stand alone. */
export class SuccessRuns {
  readonly #worker: WorkerHandle
  readonly #batch: Batch
  readonly #frame: DoneFrame
  readonly #timings: Timings
  readonly #take: TakeRun
  #row = 0
  #offset = 0
  #count = 0
  /** The open run takes no more. */
  #isAlone = false

  constructor(worker: WorkerHandle, batch: Batch, frame: DoneFrame, timings: Timings, take: TakeRun) {
    this.#worker = worker
    this.#batch = batch
    this.#frame = frame
    this.#take = take
    this.#timings = timings
  }

  /** Adds the success at an offset of the batch, and a row of the frame. */
  add(offset: number, row: number): void {
    const isAlone = this.#timings.slow.has(row) || this.#batch.chunk.attempt(offset) !== 1
    if (isAlone || this.#isAlone || !this.#continues(offset, row)) this.end()
    if (this.#count++ > 0) return
    this.#offset = offset
    this.#row = row
    this.#isAlone = isAlone
  }

  /** Adds all successes of a frame without failures, whose offsets are consecutive from one on. */
  addAll(first: number, count: number): void {
    const { chunk } = this.#batch
    if (this.#timings.slow.size > 0 || chunk.attempts() !== undefined || typeof chunk.indexes() !== 'number')
      for (let i = 0; i < count; i++) this.add(first + i, i)
    else {
      this.#offset = first
      this.#row = 0
      this.#count = count
    }
    this.end()
  }

  /** Ends the open run. */
  end(): void {
    const count = this.#count
    if (count === 0) return
    this.#count = 0
    this.#isAlone = false
    const row = this.#row
    const { keys, start = NaN } = this.#frame
    const { chunk } = this.#batch
    const { averageMs } = this.#timings
    const first = this.#timings.at(row)
    const attempt = chunk.attempt(this.#offset)
    // A success that is told alone is told with its input, maybe after the memory of its chunk was given back.
    const own = count === 1 && (first !== undefined || attempt !== 1)
    this.#take(
      {
        items: own ? new ItemChunk([this.#batch.itemAt(this.#offset)]) : chunk,
        offset: own ? 0 : this.#offset,
        count,
        attempt,
        worker: this.#worker.ref(),
        start: first?.start ?? start,
        ms: count === 1 ? (first?.ms ?? averageMs) : averageMs * count,
        keys: keys?.subarray(row * KEY_BYTES, (row + count) * KEY_BYTES),
        of: chunk.isRows === true ? 'row' : 'value',
      },
      row,
      this.#offset,
    )
  }

  #continues(offset: number, row: number): boolean {
    if (row !== this.#row + this.#count || offset !== this.#offset + this.#count) return false
    const { chunk } = this.#batch
    return chunk.index(offset) === chunk.index(this.#offset) + this.#count
  }
}
