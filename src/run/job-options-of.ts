import type { LogsOption } from '../logs/log-record.ts'
import { openLogs, ordersOutput } from '../logs/open-logs.ts'
import type { Print } from '../logs/print.ts'
import type { RunRef } from '../observe/observer.ts'
import { type InnerObserver, Observers } from '../observe/observers.ts'
import type { Capabilities } from '../pool/backend/backend.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { BULK_ITEMS, BULK_MS } from '../pool/jobs/batch-sizer.ts'
import { JobObservers, type Printed } from '../pool/jobs/job-observers.ts'
import type { JobOptions } from '../pool/jobs/job-options.ts'
import { RUN_DEFAULTS, type RunSettings } from '../settings/run-settings.ts'
import type { CallerContext } from '../util/caller-context.ts'
import { limiterOf } from './source/limiters.ts'

/** The purpose of a job, beside the settings. */
export interface JobUse {
  readonly name: string
  /** Workers that it may use at most. */
  readonly workers: number
  readonly capabilities: Capabilities
  readonly functions: Set<PreparedFunction>
  readonly perWorker?: readonly PreparedFunction[] | undefined
  readonly hasTimeouts: boolean
  readonly mediansApart?: boolean | undefined
  /** The run, as observers know it. */
  readonly ref: RunRef
  readonly observers: Iterable<InnerObserver<Printed>>
  readonly context: CallerContext
  /** Results go to a file: it matters when the last one comes, not the first. */
  readonly isBulk?: boolean
  /** Its items are calls that come one by one: they are sent at once, and each fails on its own. */
  readonly isPushed?: boolean
  /** Returns true if a task's failure ends the run now; absent if the run can do without an item. */
  readonly failureEnds?: (() => boolean) | undefined
  readonly print: Print
  /** Called with the error that a callback of the user threw. */
  readonly fail: (thrown: unknown) => void
  readonly rescue?: ((error: unknown) => boolean) | undefined
}

/** The settings of a run, or of a pool, that say how its tasks are distributed. */
export type JobSettings = Pick<
  RunSettings,
  'batch' | 'concurrency' | 'logs' | 'memfree' | 'priority' | 'rate' | 'workers'
>

/** Derives the options of a job from the settings of its run or pool. */
export function jobOptionsOf(given: JobSettings, use: JobUse): JobOptions {
  const settings = { ...RUN_DEFAULTS, ...given }
  const { name, workers, capabilities, functions, perWorker, hasTimeouts, isPushed = false, print, fail } = use
  const logs = settings.logs ?? usualLogs(capabilities)
  const output = openLogs(logs, print, fail)
  return {
    name,
    functions,
    priority: settings.priority,
    concurrency: settings.concurrency,
    batch: settings.batch === 'auto' ? undefined : settings.batch,
    maxBatch: capabilities.maxBatch ?? (use.isBulk === true ? BULK_ITEMS : undefined),
    batchMs: use.isBulk === true ? BULK_MS : undefined,
    maxWorkers: perWorker === undefined ? Math.min(settings.workers ?? Infinity, workers) : perWorker.length,
    perWorker,
    bursts: isPushed,
    failsWhole: !isPushed,
    hasTimeouts,
    mediansApart: use.mediansApart ?? false,
    limiter: limiterOf(settings),
    failureEnds: use.failureEnds,
    rescue: use.rescue,
    context: use.context,
    observers: new JobObservers(
      use.ref,
      new Observers(output === undefined ? use.observers : [...use.observers, output], use.context),
    ),
    ordersOutput: ordersOutput(logs),
  }
}

/** Orders the output of remote machines, which arrives interleaved: it is readable only task by task. */
function usualLogs({ remote }: Capabilities): LogsOption | undefined {
  return remote === true ? 'ordered' : undefined
}
