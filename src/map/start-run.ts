import type { FunctionUse } from '../pool/function-use.ts'
import { Job } from '../pool/job.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import { hostClasses } from '../task/register-class.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import { type Assignment, InputSupply } from './input-supply.ts'
import type { Run, StartedRun } from './run.ts'

/** What a run does with its inputs. */
export interface Work {
  readonly name: string
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>
  readonly skip?: ((input: unknown, index: number) => boolean) | undefined
  readonly valueOf: (input: unknown) => unknown
  readonly spread: boolean
  readonly assign: (input: unknown) => Assignment | Promise<Assignment>
  /** Functions known at the start, and those that come later. */
  readonly functions: readonly FunctionUse[]
  /** Each is for one worker. */
  readonly perWorker: boolean
  /** Values are passed as they are. */
  readonly live: boolean
  readonly hasTimeouts: boolean
}

/** Puts a run's work to a scheduler. */
export function startRun(run: Run, work: Work, scheduler: Scheduler): StartedRun {
  const { settings } = run
  const supply = new InputSupply({
    inputs: work.inputs,
    skip: work.skip,
    assign: work.assign,
    valueOf: work.valueOf,
    spread: work.spread,
    encoder: work.live ? undefined : new Encoder({ classes: hostClasses(), sharedMemory: scheduler.options.backend.capabilities.sharedMemory }),
    window: run.window,
    wake: () => job.wake(),
    refuse: (entry, error) => {
      job.inFlight++
      job.reject(entry, error)
      queueMicrotask(() => job.flush())
    },
  })
  const job = new Job(
    {
      name: work.name,
      priority: settings.priority ?? 0,
      concurrency: settings.concurrency ?? 1,
      batch: settings.batch === 'auto' ? undefined : settings.batch,
      maxWorkers: work.perWorker ? work.functions.length : (settings.workers ?? Infinity),
      perWorker: work.perWorker ? work.functions : undefined,
      bursts: false,
      failsWhole: true,
      hasTimeouts: work.hasTimeouts,
      events: settings.onEvent,
      onLog: undefined,
    },
    supply,
    run.outlet,
  )
  for (const fn of work.functions) job.functions.add(fn)
  scheduler.add(job)
  return {
    job,
    read: () => supply.read,
    release: (reason) => scheduler.remove(job, [...job.functions].filter((fn) => !fn.lasting), reason),
  }
}
