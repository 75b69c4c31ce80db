import type { TaskError } from '../../errors/task-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { Special } from '../../wire/codec/special.ts'
import type { StagedResult } from '../../wire/protocol/beacon.ts'
import { type Column, type DoneFrame, type ItemFailure, outcomeCount } from '../../wire/protocol/frames.ts'
import type { Item } from '../jobs/item.ts'
import type { Timing } from '../jobs/job-observers.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { failCall } from './fail-call.ts'
import { settleText, type TextFrame } from './settle-text.ts'
import { SuccessRuns } from './success-runs.ts'
import { errorOf } from './task-failure.ts'
import { Timings } from './timings.ts'

/** Gives the inputs of a batch the outcomes that came. Outcomes of inputs that were taken back are ignored. */
export function settleDone(worker: WorkerHandle, batch: Batch, frame: DoneFrame): void {
  const { job } = batch
  const count = outcomeCount(frame)
  const timings = new Timings(frame)
  if (frame.unread === true) batch.chunk.noteUnread?.()
  if (frame.contents !== undefined) batch.chunk.noteContents?.(frame.contents)
  if (isText(frame))
    settleText(worker, batch, frame, timings, (offset, failure, row) =>
      (isOfCall(failure) ? failAll : fail)(worker, batch, offset, failure, timings.at(row)),
    )
  else if (isValues(frame)) settleValues(worker, batch, frame, timings)
  // Times measured for each task are recorded with its outcome, and are exact; otherwise the average is used.
  const taskMs = count > 0 && frame.times === undefined ? taskMsOf(frame) : undefined
  job.worked(count, frame.ms, frame.bytes, taskMs)
}

/** Returns the average milliseconds of a task in the frame. */
export function taskMsOf(frame: DoneFrame): number {
  return frame.taskMs ?? frame.ms / outcomeCount(frame)
}

/** A frame whose results are values. */
interface ValueFrame extends DoneFrame {
  readonly results: Column
}

/** A failure of a call with several inputs. */
type CallFailure = Extract<ItemFailure, { kind: 'thrown' }> & { readonly call: number }

function isOfCall(failure: ItemFailure | undefined): failure is CallFailure {
  return failure?.kind === 'thrown' && failure.call !== undefined
}

function isText(frame: DoneFrame): frame is TextFrame {
  return 'text' in frame.results
}

function isValues(frame: DoneFrame): frame is ValueFrame {
  return 'values' in frame.results
}

function settleValues(worker: WorkerHandle, batch: Batch, frame: ValueFrame, timings: Timings): void {
  const plain = frame.results.specials === undefined && frame.failures === undefined
  const teller = tellerFor(worker, batch, frame, timings)
  if (plain && typeof frame.offsets === 'number') settlePlain(batch, frame, frame.offsets, teller)
  else settleEach(worker, batch, frame, timings, teller)
  teller?.end()
}

/** Settles plain values at consecutive offsets, as nearly all results are. */
function settlePlain(batch: Batch, frame: ValueFrame, first: number, teller: SuccessTeller | undefined): void {
  const { job, chunk } = batch
  const { values } = frame.results
  const { length } = values
  const bytes = frame.bytes / (length || 1)
  if (teller === undefined && job.takesValues && batch.releaseRun(first, length))
    return job.fulfilTogether(chunk, first, length, (sink) => sink.fulfilAll?.(chunk, first, values, bytes))
  for (let i = 0; i < length; i++) {
    if (!batch.release(first + i)) continue
    teller?.add(first + i, i, values[i])
    job.fulfil(chunk, first + i, values[i], bytes)
  }
}

/** Tells observers of the successes in a frame, and records their times. */
interface SuccessTeller {
  add(offset: number, row: number, value: unknown): void
  /** Called after the last. */
  end(): void
}

/** Returns the teller for a frame; undefined if there is nothing to tell. */
function tellerFor(worker: WorkerHandle, batch: Batch, frame: DoneFrame, timings: Timings): SuccessTeller | undefined {
  const { observers } = batch.job.options
  if (timings.areAll) return eachTeller(worker, batch, timings)
  if (!observers.hearsAttempts) return undefined
  return new SuccessRuns(worker, batch, frame, timings, (run) => observers.succeededTogether(run))
}

function eachTeller(worker: WorkerHandle, { job, chunk }: Batch, timings?: Timings): SuccessTeller {
  const { observers } = job.options
  const ref = worker.ref()
  return {
    add: (offset, row, value) => {
      const timing = timings?.at(row)
      if (timing !== undefined) job.durationsOf(chunk.fn(offset)).add(timing.ms)
      observers.succeeded(chunk, offset, ref, timing ?? UNTIMED, value)
    },
    end: () => {},
  }
}

const UNTIMED: Timing = { start: NaN, ms: NaN }

function settleEach(
  worker: WorkerHandle,
  batch: Batch,
  frame: ValueFrame,
  timings: Timings,
  teller: SuccessTeller | undefined,
): void {
  const { values } = frame.results
  const specials = new Map<number, readonly Special[]>(frame.results.specials)
  const failures = new Map<number, ItemFailure>(frame.failures)
  const bytes = frame.bytes / values.length
  for (let row = 0; row < values.length; row++) {
    const offset = typeof frame.offsets === 'number' ? frame.offsets + row : (frame.offsets[row] as number)
    const failure = failures.get(row)
    if (isOfCall(failure)) {
      failAll(worker, batch, offset, failure, timings.at(row))
      row += failure.call - 1
      continue
    }
    if (!batch.release(offset)) continue
    const timing = timings.at(row)
    if (failure !== undefined) fail(worker, batch, offset, failure, timing)
    else fulfil({ worker, batch, offset, row, timing, teller }, values[row], specials.get(row), bytes)
  }
}

/** Gives finished results to their inputs before their worker could send them. */
export function settleStaged(worker: WorkerHandle, staged: readonly StagedResult[]): void {
  for (const { batch: id, offset, value } of staged) {
    const batch = worker.batches.get(id)
    // If output is ordered, a result must come after the output, so it waits for the frame that carries both.
    if (batch?.job.options.ordersOutput !== false || !batch.release(offset)) continue
    const teller = batch.job.options.observers.hearsAttempts ? eachTeller(worker, batch) : undefined
    fulfil({ worker, batch, offset, row: 0, timing: undefined, teller }, value, undefined, 8)
  }
}

function fail(
  worker: WorkerHandle,
  batch: Batch,
  offset: number,
  failure: ItemFailure,
  timing: Timing | undefined,
): void {
  const item = batch.itemAt(offset)
  const make = (one: Item): TaskError => errorOf(one, failure, worker)
  // A result that cannot be sent cannot be sent the next time either: no retry.
  if (failure.kind === 'thrown' || failure.kind === 'timeout') return failOne(worker, batch, offset, item, timing, make)
  item.attempts++
  batch.job.reject(item, make(item), timing)
}

function failOne(
  worker: WorkerHandle,
  batch: Batch,
  offset: number,
  item: Item,
  timing: Timing | undefined,
  make: (item: Item) => TaskError,
): void {
  const [first, end] = batch.callAt(offset)
  if (end - first === 1) return failCall({ worker, batch, items: [item], inputs: 1, timing, errorOf: make })
  // Its call returned, with an error in its place.
  item.attempts++
  batch.job.attemptsFailed([item], make, timing)
}

/** Fails a call with several inputs: that at an offset, and those after it. */
function failAll(
  worker: WorkerHandle,
  batch: Batch,
  offset: number,
  failure: ItemFailure,
  timing: Timing | undefined,
): void {
  const items = batch.takeCall(offset)
  const [first, end] = batch.callAt(offset)
  failCall({ worker, batch, items, inputs: end - first, timing, errorOf: (item) => errorOf(item, failure, worker) })
}

/** The origin of a result. */
interface Origin {
  readonly worker: WorkerHandle
  readonly batch: Batch
  readonly offset: number
  /** Its row in the frame. */
  readonly row: number
  readonly timing: Timing | undefined
  readonly teller: SuccessTeller | undefined
}

function fulfil(
  { worker, batch, offset, row, timing, teller }: Origin,
  value: unknown,
  specials: readonly Special[] | undefined,
  bytes: number,
): void {
  const { job, chunk } = batch
  let result = value
  if (specials !== undefined) {
    try {
      result = decode(value, specials, { classes: chunk.fn(offset).classes })
    } catch (error) {
      const reason = messageOf(error)
      const failure = { kind: 'unsendable', direction: 'result', path: 'result', reason } as const
      return fail(worker, batch, offset, failure, timing)
    }
  }
  teller?.add(offset, row, result)
  job.fulfil(chunk, offset, result, bytes)
}
