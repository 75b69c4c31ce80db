import type { DoneFrame, ItemFailure } from '../../wire/protocol/frames.ts'
import type { TextColumn } from '../../wire/protocol/row-columns.ts'
import type { Timing } from '../jobs/job-observers.ts'
import { TextRun } from '../jobs/text-run.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { SuccessRuns } from './success-runs.ts'
import type { Timings } from './timings.ts'

const NEWLINE = 0x0a

/** A frame whose results are text. */
export interface TextFrame extends DoneFrame {
  readonly results: TextColumn
}

/** Gives the inputs of a batch the results that came as text. `fail` is called for each failure among the outcomes. */
export function settleText(
  worker: WorkerHandle,
  batch: Batch,
  frame: TextFrame,
  timings: Timings,
  fail: (offset: number, failure: ItemFailure, row: number) => void,
): void {
  const { text, count } = frame.results
  const { offsets, failures } = frame
  if (failures === undefined && typeof offsets === 'number' && count > 0 && batch.releaseRun(offsets, count)) {
    const lines = new Lines(text)
    new SuccessRuns(worker, batch, frame, timings, (run, row, offset) => {
      fulfil(batch, timings, new TextRun(run.count === count ? text : lines.take(run.count), run), row, offset)
    }).addAll(offsets, count)
    return
  }
  const failed = new Map<number, ItemFailure>(failures)
  const lines = new Lines(text)
  const runs = new SuccessRuns(worker, batch, frame, timings, (run, row, offset) =>
    fulfil(batch, timings, new TextRun(lines.take(run.count), run), row, offset),
  )
  for (let row = 0; row < count; row++) {
    const offset = typeof offsets === 'number' ? offsets + row : (offsets[row] as number)
    const failure = failed.get(row)
    if (failure?.kind === 'thrown' && failure.call !== undefined) {
      runs.end()
      fail(offset, failure, row)
      row += failure.call - 1
      continue
    }
    const isNew = batch.release(offset)
    if (failure === undefined && isNew) {
      runs.add(offset, row)
      continue
    }
    runs.end()
    if (failure === undefined) lines.take(1)
    else if (isNew) fail(offset, failure, row)
  }
  runs.end()
}

/** `row` and `offset`: of the first result, in the frame and in the batch. */
function fulfil({ job, chunk }: Batch, timings: Timings, run: TextRun, row: number, offset: number): void {
  const { successes, count } = run
  const each = timings.areAll ? Array.from({ length: count }, (_, i) => timings.at(row + i) as Timing) : undefined
  for (const [i, { ms }] of each?.entries() ?? []) job.durationsOf(chunk.fn(offset + i)).add(ms)
  job.options.observers.succeededTogether(successes, each)
  job.fulfilTogether(chunk, offset, count, (sink) => sink.fulfilRun?.(chunk, offset, run))
}

/** Lines of a text, taken from its beginning on. */
class Lines {
  readonly #text: Uint8Array
  #start = 0

  constructor(text: Uint8Array) {
    this.#text = text
  }

  /** Takes the next lines. Each result is one, since JSON holds no newline. */
  take(count: number): Uint8Array {
    const start = this.#start
    let end = start
    for (let i = 0; i < count; i++) end = this.#text.indexOf(NEWLINE, end) + 1
    this.#start = end
    return this.#text.subarray(start, end)
  }
}
