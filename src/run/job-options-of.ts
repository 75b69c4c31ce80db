import type { Journal } from '../journal/journal.ts'
import type { LogsOption } from '../logs/log-record.ts'
import { openLogs } from '../logs/open-logs.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { JobOptions } from '../pool/jobs/job-options.ts'
import { guarded } from '../util/callbacks.ts'
import type { RunHost } from './hosts/run-host.ts'
import type { Run } from './run.ts'
import { limiterOf } from './source/limiters.ts'

/** What of a run's work its job must know. */
export interface JobWork {
  readonly name: string
  readonly journal?: Journal | undefined
  readonly hasTimeouts: boolean
  /** Functions of which each worker gets its own. */
  readonly perWorker: readonly PreparedFunction[] | undefined
  /** A task's failure is the run's, if the run says so: nodes of a workflow can do without an item. */
  readonly failureEnds?: boolean
  /** Asked before the job is failed as a whole; true where somebody else takes it over. */
  readonly rescue: (error: unknown) => boolean
  /** What becomes of what tasks print, where the run does not say. */
  readonly usualLogs?: LogsOption | undefined
  /** Told what a callback of the user's throws. */
  readonly fail: (thrown: unknown) => void
}

/** How the tasks of a run are shared out, by its settings. */
export function jobOptionsOf(run: Run, host: RunHost, work: JobWork): JobOptions {
  const { settings } = run
  const { name, journal, hasTimeouts, perWorker, rescue, usualLogs, fail } = work
  return {
    name,
    priority: settings.priority ?? 0,
    concurrency: settings.concurrency ?? 1,
    batch: settings.batch === 'auto' ? undefined : settings.batch,
    maxWorkers: perWorker === undefined ? Math.min(settings.workers ?? Infinity, host.workers) : perWorker.length,
    perWorker,
    bursts: false,
    failsWhole: true,
    hasTimeouts,
    events: settings.onEvent && guarded(settings.onEvent, fail),
    limiter: limiterOf(settings),
    ...(work.failureEnds === true && { failureEnds: () => run.failureEnds }),
    attempts: journal,
    rescue,
    logs: openLogs(settings.logs ?? usualLogs, (stream, text) => run.print(stream, text), fail),
  }
}
