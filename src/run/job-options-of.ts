import type { Journal } from '../journal/journal.ts'
import type { LogsOption } from '../logs/log-record.ts'
import { openLogs } from '../logs/open-logs.ts'
import type { Print } from '../logs/print.ts'
import type { Capabilities } from '../pool/backend/backend.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { JobOptions } from '../pool/jobs/job-options.ts'
import { RUN_DEFAULTS, type RunSettings } from '../settings/run-settings.ts'
import { guarded } from '../util/callbacks.ts'
import { limiterOf } from './source/limiters.ts'

/** What a job is for, beside the settings. */
export interface JobUse {
  readonly name: string
  /** Workers that it may use at most. */
  readonly workers: number
  readonly capabilities: Capabilities
  readonly functions: Set<PreparedFunction>
  readonly perWorker?: readonly PreparedFunction[] | undefined
  readonly hasTimeouts: boolean
  readonly mediansApart?: boolean | undefined
  readonly journal?: Journal | undefined
  /** Its items are calls that come one by one: they leave at once, and fail each for itself. */
  readonly isPushed?: boolean
  /** Whether a task's failure ends the run now; absent if the run can do without an item. */
  readonly failureEnds?: (() => boolean) | undefined
  readonly print: Print
  /** Called with what a callback of the user's throws. */
  readonly fail: (thrown: unknown) => void
  readonly rescue?: ((error: unknown) => boolean) | undefined
}

/** The settings of a run, or of a pool, that say how its tasks are shared out. */
export type JobSettings = Pick<
  RunSettings,
  'batch' | 'concurrency' | 'logs' | 'memfree' | 'onEvent' | 'priority' | 'rate' | 'workers'
>

/** How the tasks of a job are shared out, by the settings of its run or pool. */
export function jobOptionsOf(given: JobSettings, use: JobUse): JobOptions {
  const settings = { ...RUN_DEFAULTS, ...given }
  const { name, workers, capabilities, functions, perWorker, hasTimeouts, isPushed = false, print, fail } = use
  return {
    name,
    functions,
    priority: settings.priority,
    concurrency: settings.concurrency,
    batch: settings.batch === 'auto' ? undefined : settings.batch,
    maxBatch: capabilities.maxBatch,
    maxWorkers: perWorker === undefined ? Math.min(settings.workers ?? Infinity, workers) : perWorker.length,
    perWorker,
    bursts: isPushed,
    failsWhole: !isPushed,
    hasTimeouts,
    mediansApart: use.mediansApart ?? false,
    events: settings.onEvent && guarded(settings.onEvent, fail),
    limiter: limiterOf(settings),
    failureEnds: use.failureEnds,
    attempts: use.journal,
    rescue: use.rescue,
    logs: openLogs(settings.logs ?? usualLogs(capabilities), print, fail),
  }
}

/** The output of far machines comes in any order: only each task's together can be read. */
function usualLogs({ remote }: Capabilities): LogsOption | undefined {
  return remote === true ? 'ordered' : undefined
}
