import type { Dispatcher } from './scheduling/dispatcher.ts'
import type { WorkerHandle } from './workers/worker-handle.ts'

/** One worker, as `stats()` shows it. */
export interface WorkerStats {
  readonly id: number
  readonly slot: number
  readonly pid: number | undefined
  readonly state: 'starting' | 'idle' | 'busy' | 'stopping'
  /** Tasks that it has completed. */
  readonly done: number
  /** Bytes of memory, if that is known. */
  readonly memory: number | undefined
  /** The task that it runs, with its index: `resize[17]`. */
  readonly task: string | undefined
}

/** A pool at one moment. Plain and frozen. */
export interface PoolStats {
  readonly workers: readonly WorkerStats[]
  /** Tasks that wait for a worker. */
  readonly queued: number
  readonly running: number
  readonly done: number
  readonly failed: number
  readonly retried: number
  /** Workers that died and were replaced. */
  readonly restarts: number
  readonly queues: number
  /** Percentiles of the run times of tasks, in milliseconds; `p50` is the median. */
  readonly runMs: { readonly p50: number; readonly p95: number; readonly p99: number }
}

/** The stats of a pool before its first task. */
export const EMPTY_STATS: PoolStats = freeze({
  workers: [],
  queued: 0,
  running: 0,
  done: 0,
  failed: 0,
  retried: 0,
  restarts: 0,
  queues: 0,
  runMs: { p50: 0, p95: 0, p99: 0 },
})

export function statsOf(dispatcher: Dispatcher, queues: number): PoolStats {
  const { totals } = dispatcher
  const jobs = [...dispatcher.jobs]
  const sum = (pick: (job: (typeof jobs)[number]) => number): number =>
    jobs.reduce((total, job) => total + pick(job), 0)
  return freeze({
    workers: dispatcher.workerSet.workers.map(workerStats),
    queued: sum((job) => job.remaining() ?? 0),
    running: sum((job) => job.inFlight),
    done: totals.done + sum((job) => job.done),
    failed: totals.failed + sum((job) => job.failed),
    retried: totals.retried + sum((job) => job.retried),
    restarts: dispatcher.workerSet.restarts,
    queues,
    runMs: {
      p50: totals.durations.quantile(0.5),
      p95: totals.durations.quantile(0.95),
      p99: totals.durations.quantile(0.99),
    },
  })
}

function workerStats(worker: WorkerHandle): WorkerStats {
  const task = worker.currentTask()
  const { state: phase } = worker
  const state = phase === 'ready' ? (task === undefined ? 'idle' : 'busy') : phase === 'starting' ? phase : 'stopping'
  return {
    id: worker.id,
    slot: worker.slot,
    pid: worker.pid,
    state,
    done: worker.done,
    memory: worker.memory,
    task,
  }
}

function freeze(stats: PoolStats): PoolStats {
  for (const worker of stats.workers) Object.freeze(worker)
  Object.freeze(stats.workers)
  Object.freeze(stats.runMs)
  return Object.freeze(stats)
}
