import { messageOf } from '../../util/message-of.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { Special } from '../../wire/codec/special.ts'
import type { StagedResult } from '../../wire/protocol/beacon.ts'
import type { DoneFrame, ItemFailure } from '../../wire/protocol/frames.ts'
import type { Timing } from '../observer.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { errorOf, identityOf } from './task-failure.ts'

/** Gives the inputs of a batch the outcomes that came. Those of inputs that are elsewhere by now count for nothing. */
export function settleDone(worker: WorkerHandle, batch: Batch, frame: DoneFrame): void {
  const { job } = batch
  const { values, specials } = frame.results
  const count = values.length
  const plain = specials === undefined && frame.failures === undefined && frame.times === undefined && !job.tellsEach
  if (plain && typeof frame.offsets === 'number') settlePlain(batch, frame.offsets, values, frame.bytes / (count || 1))
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
function settlePlain(batch: Batch, first: number, values: ArrayLike<unknown>, bytes: number): void {
  const { job, chunk } = batch
  for (let i = 0; i < values.length; i++) {
    if (batch.release(first + i)) job.fulfil(chunk, first + i, values[i], bytes)
  }
}

function settleEach(worker: WorkerHandle, batch: Batch, frame: DoneFrame): void {
  const { values } = frame.results
  const specials = new Map<number, readonly Special[]>(frame.results.specials)
  const failures = new Map<number, ItemFailure>(frame.failures)
  const bytes = frame.bytes / values.length
  for (let place = 0; place < values.length; place++) {
    const offset = typeof frame.offsets === 'number' ? frame.offsets + place : (frame.offsets[place] as number)
    if (!batch.release(offset)) continue
    const failure = failures.get(place)
    const timing = timingAt(frame.times, place)
    if (failure !== undefined) fail(worker, batch, offset, failure, timing)
    else fulfil({ worker, batch, offset, timing }, values[place], specials.get(place), bytes)
  }
}

/** Gives finished results to their inputs before their worker could send them. */
export function settleStaged(worker: WorkerHandle, staged: readonly StagedResult[]): void {
  for (const { batch: id, offset, value } of staged) {
    const batch = worker.batches.get(id)
    // Where output has an order, outcomes come behind it, in the same channel.
    if (batch?.job.options.logs.completed !== undefined || batch?.release(offset) !== true) continue
    fulfil({ worker, batch, offset, timing: undefined }, value, undefined, 8)
  }
}

function timingAt(times: readonly number[] | undefined, place: number): Timing | undefined {
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
  readonly timing: Timing | undefined
}

function fulfil(
  { worker, batch, offset, timing }: Origin,
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
      return fail(worker, batch, offset, { kind: 'unsendable', direction: 'result', path: 'result', reason }, timing)
    }
  }
  if (timing !== undefined) job.durationsOf(chunk.fn(offset)).add(timing.ms)
  if (job.tellsEach) {
    const item = batch.itemAt(offset)
    job.options.attempts?.succeeded(item, worker, timing)
    job.options.events?.({ type: 'done', task: identityOf(item), attempt: item.attempts + 1, worker: worker.ref() })
  }
  job.fulfil(chunk, offset, result, bytes)
}
