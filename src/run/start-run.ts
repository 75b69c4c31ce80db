import { InvalidStateError } from '../errors/argument-errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { LogsOption } from '../logs/log-record.ts'
import { hostEncoder } from '../pool/functions/host-encoder.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { Item } from '../pool/jobs/item.ts'
import { Job } from '../pool/jobs/job.ts'
import type { Dispatcher } from '../pool/scheduling/dispatcher.ts'
import { haltJob } from '../pool/scheduling/halt.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import type { RunCache } from './cache/run-cache.ts'
import { defaultDispatcher } from './hosts/default-host.ts'
import { fallsBack } from './hosts/fallback.ts'
import type { RunHost } from './hosts/run-host.ts'
import { jobOptionsOf } from './job-options-of.ts'
import { HaltingSink } from './outcomes/halting-sink.ts'
import { type Shape, ShapingSink } from './outcomes/shaping-sink.ts'
import type { Run } from './run.ts'
import type { Assignment } from './source/input-chunk.ts'
import { InputSource } from './source/input-source.ts'
import { PrioritySource } from './source/priority-source.ts'
import { BATCHES_PER_WORKER } from './source/window.ts'
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
  readonly functions: readonly PreparedFunction[]
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
  readonly parts: typeof import('./cache/run-caching.ts')
  /** The arguments that an input stands for. */
  readonly argsOf: (item: Item) => readonly unknown[]
  /** Is told of the cache, to add functions to. */
  readonly begin: (cache: RunCache) => void
}

/** Puts a run's work to a dispatcher. */
export function startRun(run: Run, host: RunHost, dispatcher: Dispatcher, work: Work): StartedRun {
  // Nobody sees this: the run has had its end.
  if (run.isEnded) throw new InvalidStateError('the run ended before it began')
  const { settings } = run
  const { maxBatch } = dispatcher.options.backend.capabilities
  if (maxBatch !== undefined && settings.window === undefined)
    run.window.atLeast(BATCHES_PER_WORKER * (settings.workers ?? host.workers) * maxBatch)
  const source = new InputSource({
    inputs: work.inputs,
    skip: work.skip,
    assign: work.assign,
    valueOf: work.valueOf,
    spread: work.spread,
    encoder: settings.copy === false ? undefined : hostEncoder(dispatcher.options.backend.capabilities),
    window: run.window,
  })
  const fail = (thrown: unknown): void => job.fail(thrown)
  const total = (): number | undefined => (settings.total === undefined ? source.size : settings.total - source.skipped)
  const { halt } = settings
  const reorderBuffer = work.shape === undefined ? run.reorderBuffer : new ShapingSink(work.shape, run.reorderBuffer)
  const sink =
    halt === undefined
      ? reorderBuffer
      : new HaltingSink(halt, reorderBuffer, total, (why) => run.halt(halt.mode, why, 'halt'))
  const cached = work.cache?.parts.cacheRun(run, source, sink, work.cache)
  const job: Job = new Job(
    jobOptionsOf(run, host, {
      name: work.name,
      journal: work.journal,
      hasTimeouts: work.hasTimeouts,
      perWorker: work.perWorker ? work.functions : undefined,
      failureEnds: true,
      rescue: (error) => rescue(error),
      usualLogs: usualLogs(dispatcher),
      fail,
    }),
    work.mixed ? new PrioritySource(cached?.source ?? source) : (cached?.source ?? source),
    cached?.sink ?? sink,
  )
  for (const fn of work.functions) job.functions.add(fn)
  let current = dispatcher
  const rescue = (error: unknown): boolean => {
    if (current !== dispatcher || !fallsBack(settings, error)) return false
    dispatcher.detach(job)
    void defaultDispatcher({ backend: 'serial' }, 1).then((serial) => (current = serial).add(job))
    return true
  }
  dispatcher.add(job)
  return {
    job,
    read: () => source.read,
    total,
    isRead: () => source.exhausted,
    workers: workersInWords(
      Math.min(job.options.maxWorkers, dispatcher.workerSet.size),
      dispatcher.options.backend.name,
    ),
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
function usualLogs({ options }: Dispatcher): LogsOption | undefined {
  return options.backend.capabilities.remote === true ? 'ordered' : undefined
}

function workersInWords(count: number, where: string): string {
  return count === Infinity ? where : `${count} ${where}`
}

/** Whether tasks that run in this thread must be told apart from other code by what they print. */
export function capturesOutput({ logs = 'inherit' }: RunSettings, dispatcher: Dispatcher): boolean {
  return logs !== 'inherit' && !dispatcher.options.backend.capabilities.parallel
}
