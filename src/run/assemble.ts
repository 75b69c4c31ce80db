import type { RunCacheTotals, RunSample, RunStarted } from '../observe/observer.ts'
import { BundlingSource } from '../pool/jobs/bundling-source.ts'
import type { Sink, Source } from '../pool/jobs/ports.ts'
import type { HaltMode } from '../pool/scheduling/dispatcher.ts'
import { type RunningTask, runningTasks } from '../pool/workers/running-tasks.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'
import { jobOptionsOf } from './job-options-of.ts'
import { HaltingSink } from './outcomes/halting-sink.ts'
import { ShapingSink } from './outcomes/shaping-sink.ts'
import { PlacedJob } from './placed-job.ts'
import type { PreparedRun, RunContext, TaskCounts, Work } from './plan.ts'
import type { ReadyRun } from './prepare-run.ts'

/** A run whose parts are connected. */
export interface AssembledRun {
  readonly name: string
  /** The workers in words: `2 threads`. */
  readonly workers: string
  readonly backend: string
  /** Workers that it may use at most. */
  readonly maxWorkers: number
  /** The functions that are known at the start. */
  readonly functions: RunStarted['functions']
  readonly edges: RunStarted['edges']
  /** Workers, with their memory. */
  memories(): RunSample['workers']
  /** Asks its workers what they do. */
  runningTasks(): Promise<RunningTask[]>
  readonly counts: TaskCounts
  /** The steps that its first function is made of, if it is made of steps and that is known. */
  readonly steps: StepsOfTask | undefined
  /** The work of its caches so far; undefined if it has none. */
  readonly cache: RunCacheTotals | undefined
  /** Attempts after a first one. */
  readonly retried: number
  /** Tasks that workers have. */
  readonly running: number
  /** Inputs read so far. */
  readonly read: number
  /** All inputs have been read. */
  readonly isRead: boolean
  /** Number of tasks that there will be, if that is known. */
  readonly total: number | undefined
  /** Gives the jobs to their dispatchers. The run may end before this returns. */
  start(): void
  /** There may be room for more inputs. */
  wake(): void
  /** Says if the run keeps the process alive while it has work. */
  await(isAwaited: boolean): void
  /** Starts nothing more, and with `now` stops what runs. */
  halt(mode: HaltMode, why: string): void
  /** Gives back what the run used; `reason` is for tasks that still run. */
  release(reason: unknown): void
}

/**
 * Connects the parts of a run, in the order in which an input passes them:
 *
 * source → cache → limiter → job → workers → store → halt rule → shape → reorder buffer
 */
export function assemble(run: RunContext, { host, prepared }: ReadyRun): AssembledRun {
  const { inputs, release } = prepared
  const target = targetOf(run, prepared)
  const caches: RunCacheTotals[] = []
  const place = (work: Work): PlacedJob =>
    placedJob(run, { name: prepared.name, workers: host.workers }, work, target, caches)
  const [first, ...others] = prepared.works
  const main = place(first)
  const placed = [main, ...others.map(place)]
  const sum = (key: 'inFlight' | 'retried'): number => placed.reduce((all, { job }) => all + job[key], 0)
  const { workerSet, options } = prepared.works[0].dispatcher
  const backend = options.backend.name
  const maxWorkers = Math.min(main.job.options.maxWorkers, workerSet.size)
  return {
    name: prepared.name,
    workers: inWords(maxWorkers, backend),
    backend,
    maxWorkers,
    functions: placed.flatMap(({ job }) =>
      [...job.functions].map(({ id, name, steps }) => ({ id, name, steps: steps?.names })),
    ),
    runningTasks: () => runningTasks(workerSet.workers),
    edges: prepared.edges,
    memories: () => workerSet.workers.map((worker) => ({ ...worker.ref(), memory: worker.memory })),
    counts: prepared.counts ?? main.job,
    get steps() {
      const [fn] = main.job.functions
      return fn?.steps
    },
    get cache() {
      return totalsOf(caches)
    },
    get retried() {
      return sum('retried')
    },
    get running() {
      return sum('inFlight')
    },
    get read() {
      return inputs.read
    },
    get isRead() {
      return inputs.exhausted
    },
    get total() {
      return totalOf(run, prepared)
    },
    start: () => placed.forEach((one) => one.start()),
    await: (isAwaited) => placed.forEach((one) => one.await(isAwaited)),
    wake: () => placed.forEach(({ job }) => job.wake()),
    halt: (mode, why) => placed.forEach((one) => one.halt(mode, why)),
    release: (reason) => {
      release?.()
      for (const one of placed) one.release(reason)
    },
  }
}

/** Adds up the work of the caches of all jobs; undefined if there are none. */
function totalsOf(caches: readonly RunCacheTotals[]): RunCacheTotals | undefined {
  if (caches.length === 0) return undefined
  const sum = (key: keyof RunCacheTotals): number => caches.reduce((all, totals) => all + totals[key], 0)
  return {
    hits: sum('hits'),
    joined: sum('joined'),
    misses: sum('misses'),
    savedMs: sum('savedMs'),
    waitedMs: sum('waitedMs'),
  }
}

/** Makes the sink that takes the outcomes of all jobs: halt rule → shape → reorder buffer. */
function targetOf(run: RunContext, prepared: PreparedRun): Sink {
  const { halt } = run.settings
  const { shape, inputs } = prepared
  const shaped = shape === undefined ? run.reorderBuffer : new ShapingSink(shape, run.reorderBuffer)
  if (halt === undefined) return shaped
  const total = (): number | undefined => ('outputs' in inputs ? inputs.outputs : totalOf(run, prepared))
  return new HaltingSink(halt, shaped, total, (why) => run.halt(halt.mode, why, 'halt'))
}

function totalOf({ settings: { total } }: RunContext, { inputs }: PreparedRun): number | undefined {
  return total === undefined ? inputs.size : total - inputs.skipped
}

/** Connects source → cache → limiter → job → workers → store, and hands outcomes on to the target. */
function placedJob(
  run: RunContext,
  about: { readonly name: string; readonly workers: number },
  work: Work,
  target: Sink,
  caches: RunCacheTotals[],
): PlacedJob {
  const { dispatcher, functions, perWorker, hasTimeouts, mediansApart, cache } = work
  const { capabilities } = dispatcher.options.backend
  const sink = work.sinkBefore === undefined ? target : work.sinkBefore(target)
  const cached = cache?.parts.cacheRun(run, work.source, sink, cache)
  if (cached !== undefined) caches.push(cached.totals)
  // A sink in between, that of a workflow, may do without an item that failed.
  const failureEnds = work.sinkBefore === undefined ? () => run.failureEnds : undefined
  const use = { ...about, capabilities, functions, perWorker, hasTimeouts, mediansApart, failureEnds }
  return new PlacedJob(
    dispatcher,
    run.settings,
    (rescue, fail) =>
      jobOptionsOf(run.settings, {
        ...use,
        ref: run.ref,
        isBulk: run.asText,
        observers: run.observers,
        context: run.context,
        rescue,
        fail,
        print: (stream, text) => run.print(stream, text),
      }),
    work.bundles === undefined ? (cached?.source ?? work.source) : bundled(run, work, cached?.source ?? work.source),
    cached?.sink ?? sink,
  )
}

/** Puts inputs together for functions that are called with several. */
function bundled({ window }: RunContext, { functions, bundles, source }: Work, inputs: Source): Source {
  // Inputs that fill the window alone make room by their outcomes only. The source of a workflow knows more.
  const fillWindow = (held: number): boolean => held >= window.items && window.room() === 0
  const isStuck = source.isDry === undefined ? fillWindow : undefined
  const bundling = new BundlingSource(inputs, { isMixed: bundles === 'mixed', ...(isStuck && { isStuck }) })
  for (const fn of functions) bundling.expect(fn)
  return bundling
}

function inWords(count: number, where: string): string {
  return count === Infinity ? where : `${count} ${where}`
}
