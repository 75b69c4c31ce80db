import { expectTypeOf } from 'expect-type'
import { type BatchError, map, type RunStats, type SettledRecord, type TaskError } from 'manyhands'
import type { WorkerIdentity } from 'manyhands'

const run = map(['a'], (x) => x.length)

/** The ways to read a run. */
export async function reading(): Promise<void> {
  expectTypeOf(await run).toEqualTypeOf<number[]>()
  expectTypeOf(run.toArray()).toEqualTypeOf<Promise<number[]>>()
  expectTypeOf(run.start()).toEqualTypeOf(run)
  expectTypeOf(run.stats()).toEqualTypeOf<RunStats>()
  expectTypeOf(run.cancel('enough')).toEqualTypeOf<void>()
  expectTypeOf(run.then((values) => values.length)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(Promise.all([run, map([1], String)])).toEqualTypeOf<Promise<[number[], string[]]>>()
  for await (const value of run) expectTypeOf(value).toEqualTypeOf<number>()
  for await (const values of run.batches()) expectTypeOf(values).toEqualTypeOf<number[]>()
  const step = await run.next()
  if (step.done === true) expectTypeOf(step.value).toEqualTypeOf<undefined>()
  else expectTypeOf(step.value).toEqualTypeOf<number>()
  expectTypeOf(run).toExtend<PromiseLike<number[]>>()
  expectTypeOf(run).toExtend<AsyncIterableIterator<number>>()
}

/** Records tell values from failures, and keep the type of the input. */
export async function records(): Promise<void> {
  for await (const record of run.settled()) {
    expectTypeOf(record).toEqualTypeOf<SettledRecord<string, number>>()
    if (record.status === 'fulfilled') {
      expectTypeOf(record.value).toEqualTypeOf<number>()
      // @ts-expect-error there is no reason for success
      void record.reason
    } else {
      expectTypeOf(record.input).toEqualTypeOf<string>()
      expectTypeOf(record.reason).toEqualTypeOf<TaskError>()
      // @ts-expect-error there is no value of a failure
      void record.value
    }
    expectTypeOf(record.index).toEqualTypeOf<number>()
  }
}

/** What errors carry. */
export function errors(error: TaskError, batch: BatchError): void {
  expectTypeOf(error.task.index).toEqualTypeOf<number>()
  expectTypeOf(error.input).toEqualTypeOf<unknown>()
  expectTypeOf(error.cause).toEqualTypeOf<unknown>()
  expectTypeOf(error.attempts).toEqualTypeOf<number>()
  expectTypeOf(error.worker).toEqualTypeOf<WorkerIdentity | undefined>()
  expectTypeOf(error.remoteStack).toEqualTypeOf<string | undefined>()
  expectTypeOf(batch.errors).toEqualTypeOf<TaskError[]>()
  expectTypeOf(batch).toExtend<AggregateError>()
}
