import { InvalidStateError } from '../errors/invalid-state-error.ts'
import type { Journal } from '../journal/journal.ts'
import type { LogsOption } from '../logs/log-record.ts'
import { openLogs } from '../logs/open-logs.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import { haltJob } from '../pool/halt-job.ts'
import { hostEncoder } from '../pool/host-encoder.ts'
import { Job } from '../pool/job.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { guarded } from '../util/guarded.ts'
import { defaultScheduler } from './default-schedulers.ts'
import { fallsBack } from './fallback.ts'
import { gateOf } from './gates.ts'
import { HaltingSink } from './halting-sink.ts'
import type { Assignment } from './input-lot.ts'
import { InputSupply } from './input-supply.ts'
import { PrioritySupply } from './priority-supply.ts'
import type { RunHost } from './run-host.ts'
import type { Run } from './run.ts'
import type { StartedRun } from './started-run.ts'

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
}

/** Puts a run's work to a scheduler. */
export function startRun(run: Run, host: RunHost, scheduler: Scheduler, work: Work): StartedRun {
  // Nobody sees this: the run has had its end.
  if (run.isEnded) throw new InvalidStateError('the run ended before it began')
  const { settings } = run
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
  const total = (): number | undefined => settings.total ?? supply.size
  const { halt } = settings
  const sink =
    halt === undefined
      ? run.outlet
      : new HaltingSink(halt, run.outlet, total, (why) => run.halt(halt.mode, why, 'halt'))
  const job = new Job(
    {
      name: work.name,
      priority: settings.priority ?? 0,
      concurrency: settings.concurrency ?? 1,
      batch: settings.batch === 'auto' ? undefined : settings.batch,
      maxWorkers: work.perWorker ? work.functions.length : Math.min(settings.workers ?? Infinity, host.workers),
      perWorker: work.perWorker ? work.functions : undefined,
      bursts: false,
      failsWhole: true,
      hasTimeouts: work.hasTimeouts,
      events: settings.onEvent && guarded(settings.onEvent, fail),
      gate: gateOf(settings),
      attempts: work.journal,
      rescue: (error) => rescue(error),
      logs: openLogs(settings.logs ?? usualLogs(scheduler), (stream, text) => run.print(stream, text), fail),
    },
    work.mixed ? new PrioritySupply(supply) : supply,
    sink,
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
