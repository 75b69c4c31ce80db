import type { Journal } from '../journal/journal.ts'
import type { Print } from '../logs/print.ts'
import type { RunRef, RunStarted } from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { Printed } from '../pool/jobs/job-observers.ts'
import type { Sink, Source } from '../pool/jobs/ports.ts'
import type { Dispatcher, HaltMode } from '../pool/scheduling/dispatcher.ts'
import type { CompleteSettings } from '../settings/run-settings.ts'
import type { TaskFunction } from '../task/task-function.ts'
import type { CallerContext } from '../util/caller-context.ts'
import type { CachedRun } from './cache/run-caching.ts'
import type { RunHost } from './hosts/run-host.ts'
import type { ReorderBuffer } from './outcomes/reorder-buffer.ts'
import type { Shape } from './outcomes/shaping-sink.ts'
import type { FunctionUse } from './prepare-options.ts'
import type { RunStats } from './run-stats.ts'
import type { Window } from './source/window.ts'

/** A run, as the parts that it is made of see it. */
export interface RunContext {
  readonly settings: CompleteSettings
  /** The async context of the caller. */
  readonly context: CallerContext
  /** The run, as observers know it. */
  readonly ref: RunRef
  /** Everything that listens to the run. */
  readonly observers: readonly InnerObserver<Printed>[]
  /** Adds an observer; call it before the run is assembled. */
  addObserver(observer: InnerObserver<Printed>): void
  readonly window: Window
  readonly reorderBuffer: ReorderBuffer
  readonly isEnded: boolean
  /** The reader wants results as lines of JSON, if that is possible. */
  readonly asText: boolean
  /** True if a task's failure ends the run, given how it is read now. */
  readonly failureEnds: boolean
  /** Prints the output of tasks without breaking a progress bar. */
  readonly print: Print
  /** Calls back when the run is over; at once if it already is. */
  onEnd(callback: () => void): void
  /** Ends the run with an error of its own: a callback of the user threw, or the journal cannot be written. */
  fail(thrown: unknown): void
  /** Starts no more tasks; with `now` also stops those that run. */
  halt(mode: HaltMode, why: string, by?: RunStats['endedBy']): void
}

/** The part of a run that differs between `map`, `execute`, pipelines and workflows; the rest is shared. */
export interface Plan {
  /**
   * Prepares the functions, journal, cache and sources of the run. Called once when the run starts, and a second time
   * with this thread instead of the workers if the first call failed and the run may fall back.
   */
  prepare(preparation: Preparation): Promise<PreparedRun>
}

/** The argument of `Plan.prepare`. */
export interface Preparation {
  readonly run: RunContext
  readonly host: RunHost
  readonly dispatcher: Dispatcher
  /** Prepares a function to be sent, by the settings of the run. Resolves to one, or to one for each part of a list. */
  prepareFunction(fn: TaskFunction, use: FunctionUse): Promise<readonly PreparedFunction[]>
  /** Opens the journal of the run, if it has one, for these functions. It is closed when the run is over. */
  openJournal(functions: readonly PreparedFunction[]): Journal | undefined
}

/** A run that can be assembled. */
export interface PreparedRun {
  readonly name: string
  /** The work of the run; a workflow has two if some of its nodes run in this process. The first one ends the run. */
  readonly works: readonly [Work, ...Work[]]
  readonly inputs: InputCounts
  /** Of a workflow: which function's results are arguments of which, by their places in those of all works. */
  readonly edges?: RunStarted['edges']
  /** Counts of finished tasks, if those of the jobs are not what the user counts. */
  readonly counts?: TaskCounts
  /** Converts a result to the value that the consumer gets. */
  readonly shape?: Shape | undefined
  /** Called when the run is over, before its jobs are removed. */
  readonly release?: () => void
}

/** One job of a run. */
export interface Work {
  readonly dispatcher: Dispatcher
  readonly source: Source
  /** Stands between the job and the run's own sink, which it is given. Default: the run's sink itself. */
  readonly sinkBefore?: (target: Sink) => Sink
  /** The functions that its items call. The plan may add more while the run lasts. */
  readonly functions: Set<PreparedFunction>
  /** One function for each worker. */
  readonly perWorker?: readonly PreparedFunction[] | undefined
  /** Some of its tasks have a timeout. */
  readonly hasTimeouts: boolean
  /** Timeouts in medians use the median of their own function's tasks, not that of all tasks. */
  readonly mediansApart?: boolean
  /**
   * Some of its functions are, or may turn out to be, called with several inputs: its only one, or of several some.
   */
  readonly bundles?: 'only' | 'mixed' | undefined
  /** Results are looked up before items are sent, and stored when they come. */
  readonly cache?: WorkCache | undefined
}

/** The cache of a job. The code is loaded only by runs that have one. */
export interface WorkCache extends CachedRun {
  readonly parts: typeof import('./cache/run-caching.ts')
}

/** Counts of the inputs of a run. */
export interface InputCounts {
  /** Inputs read so far, skipped ones included. */
  readonly read: number
  /** All inputs have been read. */
  readonly exhausted: boolean
  /** Inputs that will have an outcome, if that is known. */
  readonly size: number | undefined
  /** Inputs that were left out so far. */
  readonly skipped: number
  /** Outcomes that the consumer will get, if that is known and differs from `size`. */
  readonly outputs?: number | undefined
}

/** Counts of finished tasks. */
export interface TaskCounts {
  readonly done: number
  readonly failed: number
  /** Of those that are done, the number that came from a cache. */
  readonly cached: number
}
