import type { SuccessRun } from '../../observe/success-run.ts'
import { type DoneFrame, KEY_BYTES, outcomeCount, SLOW_MS } from '../../wire/protocol/frames.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'

/** Takes a run of successes, and the row in the frame of its first. */
type TakeRun = (run: SuccessRun, row: number) => void

/** Divides the successes of a frame into runs: of consecutive inputs at their first attempt; slow ones stand alone. */
export class SuccessRuns {
  readonly #worker: WorkerHandle
  readonly #batch: Batch
  readonly #frame: DoneFrame
  readonly #take: TakeRun
  /** Start and length of slow tasks, by row. */
  readonly #slow: ReadonlyMap<number, readonly [start: number, ms: number]>
  /** Average milliseconds of a task that was not slow. */
  readonly #averageMs: number
  #row = 0
  #offset = 0
  #count = 0
  /** The open run takes no more. */
  #isAlone = false

  constructor(worker: WorkerHandle, batch: Batch, frame: DoneFrame, take: TakeRun) {
    this.#worker = worker
    this.#batch = batch
    this.#frame = frame
    this.#take = take
    this.#slow = slowOf(frame)
    let slowMs = 0
    for (const [, ms] of this.#slow.values()) slowMs += ms
    this.#averageMs = Math.max(0, frame.ms - slowMs) / Math.max(1, outcomeCount(frame) - this.#slow.size)
  }

  /** Adds the success at an offset of the batch, and a row of the frame. */
  add(offset: number, row: number): void {
    const isAlone = this.#slow.has(row) || this.#batch.chunk.attempt(offset) !== 1
    if (isAlone || this.#isAlone || !this.#continues(offset, row)) this.end()
    if (this.#count++ > 0) return
    this.#offset = offset
    this.#row = row
    this.#isAlone = isAlone
  }

  /** Adds all successes of a frame without failures, whose offsets are consecutive from one on. */
  addAll(first: number, count: number): void {
    const { chunk } = this.#batch
    if (this.#slow.size > 0 || chunk.attempts() !== undefined || typeof chunk.indexes() !== 'number')
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
    const slow = this.#slow.get(row)
    this.#take(
      {
        items: chunk,
        offset: this.#offset,
        count,
        attempt: chunk.attempt(this.#offset),
        worker: this.#worker.ref(),
        start: slow?.[0] ?? start,
        ms: slow?.[1] ?? this.#averageMs * count,
        keys: keys?.subarray(row * KEY_BYTES, (row + count) * KEY_BYTES),
        of: chunk.isRows === true ? 'row' : 'value',
      },
      row,
    )
  }

  #continues(offset: number, row: number): boolean {
    if (row !== this.#row + this.#count || offset !== this.#offset + this.#count) return false
    const { chunk } = this.#batch
    return chunk.index(offset) === chunk.index(this.#offset) + this.#count
  }
}

function slowOf({ slow, times }: DoneFrame): ReadonlyMap<number, readonly [start: number, ms: number]> {
  const found = new Map<number, readonly [start: number, ms: number]>()
  for (let i = 0; i < (slow?.length ?? 0); i += 3)
    found.set(slow?.[i] as number, [slow?.[i + 1] as number, slow?.[i + 2] as number])
  for (let i = 0; i < (times?.length ?? 0); i += 2) {
    const ms = times?.[i + 1] as number
    if (ms >= SLOW_MS) found.set(i / 2, [times?.[i] as number, ms])
  }
  return found
}
