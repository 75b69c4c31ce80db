import { InvalidStateError } from '../errors/invalid-state-error.ts'
import type { Journal } from '../journal/journal.ts'
import type { LogsOption } from '../logs/log-record.ts'
import type { Entry } from '../pool/entry.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import { haltJob } from '../pool/halt-job.ts'
import { hostEncoder } from '../pool/host-encoder.ts'
import { Job } from '../pool/job.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { defaultScheduler } from './default-schedulers.ts'
import { fallsBack } from './fallback.ts'
import { HaltingSink } from './halting-sink.ts'
import type { Assignment } from './input-lot.ts'
import { InputSupply } from './input-supply.ts'
import { jobOptionsOf } from './job-options-of.ts'
import { PrioritySupply } from './priority-supply.ts'
import type { RunCache } from './run-cache.ts'
import type { RunHost } from './run-host.ts'
import type { Run } from './run.ts'
import { type Shape, ShapingSink } from './shaping-sink.ts'
import type { StartedRun } from './started-run.ts'
import { BATCHES_PER_WORKER } from './window.ts'

/** What a run does with its inputs. */
export interface Work {
  readonly name: string
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>
  readonly journal?: Journal | undefined
  readonly skip?: ((input: unknown, index: number) => boolean) | undefined
  readonly valueOf: (input: unknown) => unknown
  readonly spread: boolean
  readonly assign: (input: unknown) => Assignment | Promise<Assignment>
  /** Functions known at the start, and those that come later. */
  readonly functions: readonly FunctionUse[]
  /** Each is for one worker. */
  readonly perWorker: boolean
  readonly hasTimeouts: boolean
  /** The inputs may have priorities of their own. */
  readonly mixed: boolean
  /** Results are kept: of these functions, and of those that come later. */
  readonly cache?: RunCaching | undefined
  readonly shape?: Shape | undefined
}

/** What a run with a cache is made of; loaded when one has one. */
export interface RunCaching {
  readonly parts: typeof import('./run-caching.ts')
  /** The arguments that an input stands for. */
  readonly argsOf: (entry: Entry) => readonly unknown[]
  /** Is told of the cache, to add functions to. */
  readonly begin: (cache: RunCache) => void
}

/** Puts a run's work to a scheduler. */
export function startRun(run: Run, host: RunHost, scheduler: Scheduler, work: Work): StartedRun {
  // Nobody sees this: the run has had its end.
  if (run.isEnded) throw new InvalidStateError('the run ended before it began')
  const { settings } = run
  const { maxBatch } = scheduler.options.backend.capabilities
  if (maxBatch !== undefined && settings.window === undefined)
    run.window.atLeast(BATCHES_PER_WORKER * (settings.workers ?? host.workers) * maxBatch)
  const supply = new InputSupply({
    inputs: work.inputs,
    skip: work.skip,
    assign: work.assign,
    valueOf: work.valueOf,
    spread: work.spread,
    encoder: settings.copy === false ? undefined : hostEncoder(scheduler.options.backend.capabilities),
    window: run.window,
    wake: () => job.wake(),
    refuse: (entry, error) => {
      job.inFlight++
      job.reject(entry, error)
      queueMicrotask(() => job.flush())
    },
  })
  const fail = (thrown: unknown): void => job.fail(thrown)
  const total = (): number | undefined => (settings.total === undefined ? supply.size : settings.total - supply.skipped)
  const { halt } = settings
  const outlet = work.shape === undefined ? run.outlet : new ShapingSink(work.shape, run.outlet)
  const sink =
    halt === undefined ? outlet : new HaltingSink(halt, outlet, total, (why) => run.halt(halt.mode, why, 'halt'))
  const cached = work.cache?.parts.cacheRun({ ...work.cache, run, supply, sink, job: () => job })
  const job: Job = new Job(
    jobOptionsOf(run, host, {
      name: work.name,
      journal: work.journal,
      hasTimeouts: work.hasTimeouts,
      perWorker: work.perWorker ? work.functions : undefined,
      rescue: (error) => rescue(error),
      usualLogs: usualLogs(scheduler),
      fail,
    }),
    work.mixed ? new PrioritySupply(cached?.supply ?? supply) : (cached?.supply ?? supply),
    cached?.sink ?? sink,
  )
  for (const fn of work.functions) job.functions.add(fn)
  let current = scheduler
  const rescue = (error: unknown): boolean => {
    if (current !== scheduler || !fallsBack(settings, error)) return false
    scheduler.detach(job)
    void defaultScheduler({ backend: 'serial' }, 1).then((serial) => (current = serial).add(job))
    return true
  }
  scheduler.add(job)
  return {
    job,
    read: () => supply.read,
    total,
    isRead: () => supply.exhausted,
    workers: workersInWords(Math.min(job.options.maxWorkers, scheduler.fleet.size), scheduler.options.backend.name),
    halt: (mode, why) => haltJob(current, job, mode, why),
    release: (reason) => {
      current.remove(
        job,
        [...job.functions].filter((fn) => !fn.lasting),
        reason,
      )
    },
  }
}

/** What far machines print comes in any order: each task's together is what can be read. */
function usualLogs({ options }: Scheduler): LogsOption | undefined {
  return options.backend.capabilities.remote === true ? 'ordered' : undefined
}

function workersInWords(count: number, where: string): string {
  return count === Infinity ? where : `${count} ${where}`
}

/** Whether tasks that run in this thread must be told apart from other code by what they print. */
export function capturesOutput({ logs = 'inherit' }: RunSettings, scheduler: Scheduler): boolean {
  return logs !== 'inherit' && !scheduler.options.backend.capabilities.parallel
}
