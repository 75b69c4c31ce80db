import { TaskAbortedError } from '../errors/task-aborted-error.ts'
import type { Entry } from '../pool/entry.ts'
import type { Job } from '../pool/job.ts'
import type { Sink } from '../pool/sink.ts'
import type { Supply } from '../pool/supply.ts'
import { failureOf } from '../pool/task-failure.ts'
import { CachedSupply } from './cached-supply.ts'
import { RunCache } from './run-cache.ts'
import type { Run } from './run.ts'
import { StoringSink } from './storing-sink.ts'

/** Inputs that are looked up at a time, where nothing is said. */
const GROUP = 64

export { keyedCalls } from './keyed-calls.ts'
export { RunCache } from './run-cache.ts'

/** A run between its inputs and its reader. */
export interface CachedRun {
  readonly run: Run
  readonly supply: Supply
  readonly sink: Sink
  readonly job: () => Job
  /** The arguments that an input stands for. */
  readonly argsOf: (entry: Entry) => readonly unknown[]
  /** What is stored of what workers say, and the other way round; the same where they are absent. */
  readonly storedOf?: (entry: Entry, value: unknown) => unknown
  readonly foundOf?: (entry: Entry, stored: unknown) => unknown
  /** So many inputs are looked up at a time; those wait for workers in this order, whatever comes meanwhile. */
  readonly group?: number
  /** Is told of the cache, to add functions to. */
  readonly begin: (cache: RunCache) => void
}

/** Puts a cache between a run's inputs, its workers and its reader. */
export function cacheRun({ run, supply, sink, job, argsOf, begin, storedOf, foundOf, group = GROUP }: CachedRun): {
  readonly supply: Supply
  readonly sink: Sink
} {
  let flushing = false
  // Outcomes are given while inputs are taken: the reader hears of them afterwards.
  const flushSoon = (): void => {
    if (flushing) return
    flushing = true
    queueMicrotask(() => {
      flushing = false
      job().flush()
    })
  }
  const cache = new RunCache(argsOf, {
    ...(storedOf && { storedOf }),
    hit: (entry, value, bytes) => {
      job().hit(entry, foundOf === undefined ? value : foundOf(entry, value), bytes)
      flushSoon()
    },
    run: (entry) => cached.add(entry),
  })
  const cached = new CachedSupply(
    supply,
    cache,
    {
      wake: () => job().wake(),
      abort: (entry) => {
        job().inFlight++
        job().reject(entry, new TaskAbortedError(failureOf(entry), 'the run was halted'))
        flushSoon()
      },
    },
    group,
  )
  begin(cache)
  run.onEnd(() => cache.close())
  return { supply: cached, sink: new StoringSink(cache, sink, () => job().durations) }
}
