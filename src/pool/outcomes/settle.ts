import { messageOf } from '../../util/message-of.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { Special } from '../../wire/codec/special.ts'
import type { StagedResult } from '../../wire/protocol/beacon.ts'
import type { DoneFrame, ItemFailure } from '../../wire/protocol/frames.ts'
import type { Timing } from '../jobs/job-observers.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { errorOf } from './task-failure.ts'

/** Gives the inputs of a batch the outcomes that came. Those of inputs that are elsewhere by now count for nothing. */
export function settleDone(worker: WorkerHandle, batch: Batch, frame: DoneFrame): void {
  const { job } = batch
  const { values, specials } = frame.results
  const count = values.length
  const plain = specials === undefined && frame.failures === undefined
  if (plain && typeof frame.offsets === 'number') settlePlain(worker, batch, frame, frame.offsets)
  else settleEach(worker, batch, frame)
  // What was measured one by one is exact, and known of which succeeded.
  const taskMs = count > 0 && frame.times === undefined ? taskMsOf(frame) : undefined
  job.worked(count, frame.ms, frame.bytes, taskMs)
}

/** Milliseconds of one of the tasks, on the average. */
export function taskMsOf({ ms, taskMs, results }: DoneFrame): number {
  return taskMs ?? ms / results.values.length
}

/** The way of nearly all results: plain values in a row. */
function settlePlain(worker: WorkerHandle, batch: Batch, frame: DoneFrame, first: number): void {
  const { job, chunk } = batch
  const { values } = frame.results
  const bytes = frame.bytes / (values.length || 1)
  if (frame.times === undefined && !job.options.observers.hearsAttempts) {
    for (let i = 0; i < values.length; i++) {
      if (batch.release(first + i)) job.fulfil(chunk, first + i, values[i], bytes)
    }
    return
  }
  const tell = successTeller(worker, batch, frame.times)
  for (let i = 0; i < values.length; i++) {
    if (!batch.release(first + i)) continue
    tell(first + i, i, values[i])
    job.fulfil(chunk, first + i, values[i], bytes)
  }
}

/** Notes how long tasks took, and tells observers of them. */
function successTeller(
  worker: WorkerHandle,
  { job, chunk }: Batch,
  times: DoneFrame['times'],
): (offset: number, place: number, value: unknown) => void {
  const { observers } = job.options
  const ref = worker.ref()
  return (offset, place, value) => {
    const timing = timingAt(times, place)
    if (timing !== undefined) job.durationsOf(chunk.fn(offset)).add(timing.ms)
    observers.succeeded(chunk, offset, ref, timing ?? UNTIMED, value)
  }
}

const UNTIMED: Timing = { start: NaN, ms: NaN }

function settleEach(worker: WorkerHandle, batch: Batch, frame: DoneFrame): void {
  const { values } = frame.results
  const specials = new Map<number, readonly Special[]>(frame.results.specials)
  const failures = new Map<number, ItemFailure>(frame.failures)
  const bytes = frame.bytes / values.length
  for (let place = 0; place < values.length; place++) {
    const offset = typeof frame.offsets === 'number' ? frame.offsets + place : (frame.offsets[place] as number)
    if (!batch.release(offset)) continue
    const failure = failures.get(place)
    const origin = { worker, batch, offset, place, times: frame.times }
    if (failure !== undefined) fail(worker, batch, offset, failure, timingAt(frame.times, place))
    else fulfil(origin, values[place], specials.get(place), bytes)
  }
}

/** Gives finished results to their inputs before their worker could send them. */
export function settleStaged(worker: WorkerHandle, staged: readonly StagedResult[]): void {
  for (const { batch: id, offset, value } of staged) {
    const batch = worker.batches.get(id)
    // Where output has an order, outcomes come behind it, in the same channel.
    if (batch?.job.options.ordersOutput !== false || !batch.release(offset)) continue
    fulfil({ worker, batch, offset, place: 0, times: undefined }, value, undefined, 8)
  }
}

function timingAt(times: DoneFrame['times'], place: number): Timing | undefined {
  if (times === undefined) return undefined
  return { start: times[2 * place] as number, ms: times[2 * place + 1] as number }
}

function fail(
  worker: WorkerHandle,
  batch: Batch,
  offset: number,
  failure: ItemFailure,
  timing: Timing | undefined,
): void {
  const item = batch.itemAt(offset)
  item.attempts++
  const error = errorOf(item, failure, worker)
  // What cannot be sent cannot be sent the next time either.
  if (failure.kind === 'thrown' || failure.kind === 'timeout') batch.job.attemptFailed(item, error, timing)
  else batch.job.reject(item, error, timing)
}

/** A result, where it comes from. */
interface Origin {
  readonly worker: WorkerHandle
  readonly batch: Batch
  readonly offset: number
  /** Its place in the frame. */
  readonly place: number
  readonly times: DoneFrame['times']
}

function fulfil(
  { worker, batch, offset, place, times }: Origin,
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
      return fail(worker, batch, offset, failure, timingAt(times, place))
    }
  }
  if (times !== undefined || job.options.observers.hearsAttempts)
    successTeller(worker, batch, times)(offset, place, result)
  job.fulfil(chunk, offset, result, bytes)
}
