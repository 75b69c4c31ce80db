import type { StagedResult } from '../wire/beacon.ts'
import { monotonicNow } from '../wire/clock.ts'
import { decode } from '../wire/codec/decode.ts'
import type { Special } from '../wire/codec/special.ts'
import type { DoneFrame, ItemFailure } from '../wire/frames.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import type { Job } from './job.ts'
import type { PoolWorker } from './pool-worker.ts'
import { errorOf, identityOf } from './task-failure.ts'

/** Gives the entries of a batch the outcomes that came. Those of entries that are elsewhere by now count for nothing. */
export function settleDone(worker: PoolWorker, batch: Batch, frame: DoneFrame): void {
  const { job } = batch
  const { values } = frame.results
  const specials =
    frame.results.specials === undefined ? undefined : new Map<number, readonly Special[]>(frame.results.specials)
  const failures = frame.failures === undefined ? undefined : new Map(frame.failures)
  const count = values.length
  const bytes = count === 0 ? 0 : frame.bytes / count
  const ms = count === 0 ? 0 : frame.ms / count
  for (let place = 0; place < count; place++) {
    const failure = failures?.get(place)
    if (failure === undefined) job.durations.add(ms)
    const entry = batch.entry(
      typeof frame.offsets === 'number' ? frame.offsets + place : (frame.offsets[place] as number),
    )
    if (entry === undefined) continue
    batch.release(entry)
    entry.attempts++
    if (failure !== undefined) fail(worker, job, entry, failure)
    else fulfil(worker, job, entry, values[place], specials?.get(place), bytes)
  }
  worker.done += count
  worker.heardAt = monotonicNow()
  job.workTime += frame.ms
  job.sizer.observe(count, frame.ms, frame.bytes)
}

/** Gives finished results to their entries before their worker could send them. */
export function settleStaged(worker: PoolWorker, staged: readonly StagedResult[]): void {
  const jobs = new Set<Job>()
  for (const { batch: id, offset, value } of staged) {
    const batch = worker.batches.get(id)
    const entry = batch?.entry(offset)
    if (batch === undefined || entry === undefined) continue
    batch.release(entry)
    entry.attempts++
    succeed(worker, batch.job, entry, value, 8)
    jobs.add(batch.job)
  }
  for (const job of jobs) job.flush()
}

function fail(worker: PoolWorker, job: Job, entry: Entry, failure: ItemFailure): void {
  const error = errorOf(entry, failure, worker)
  // What cannot be sent cannot be sent the next time either.
  if (failure.kind === 'thrown') job.attemptFailed(entry, error)
  else job.reject(entry, error)
}

function fulfil(
  worker: PoolWorker,
  job: Job,
  entry: Entry,
  value: unknown,
  specials: readonly Special[] | undefined,
  bytes: number,
): void {
  let result = value
  if (specials !== undefined) {
    try {
      result = decode(value, specials, { classes: entry.fn.classes })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      fail(worker, job, entry, { kind: 'unsendable', direction: 'result', path: 'result', reason })
      return
    }
  }
  succeed(worker, job, entry, result, bytes)
}

function succeed(worker: PoolWorker, job: Job, entry: Entry, result: unknown, bytes: number): void {
  job.options.events?.({ type: 'done', task: identityOf(entry), attempt: entry.attempts, worker: worker.ref() })
  job.fulfil(entry, result, bytes)
}
