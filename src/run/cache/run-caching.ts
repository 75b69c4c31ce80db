import { TaskAbortedError } from '../../errors/task-errors.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Job } from '../../pool/jobs/job.ts'
import type { Sink, Source } from '../../pool/jobs/ports.ts'
import { failureOf } from '../../pool/outcomes/task-failure.ts'
import type { Run } from '../run.ts'
import { CachedSource } from './cached-source.ts'
import { RunCache } from './run-cache.ts'
import { StoringSink } from './storing-sink.ts'

/** Inputs that are looked up at a time, where nothing is said. */
const GROUP = 64

export { keyedCalls } from './keyed-calls.ts'
export { RunCache } from './run-cache.ts'

/** A run between its inputs and its reader. */
export interface CachedRun {
  readonly run: Run
  readonly source: Source
  readonly sink: Sink
  readonly job: () => Job
  /** The arguments that an input stands for. */
  readonly argsOf: (item: Item) => readonly unknown[]
  /** What is stored of what workers say, and the other way round; the same where they are absent. */
  readonly storedOf?: (item: Item, value: unknown) => unknown
  readonly foundOf?: (item: Item, stored: unknown) => unknown
  /** So many inputs are looked up at a time; those wait for workers in this order, whatever comes meanwhile. */
  readonly group?: number
  /** Is told of the cache, to add functions to. */
  readonly begin: (cache: RunCache) => void
}

/** Puts a cache between a run's inputs, its workers and its reader. */
export function cacheRun({ run, source, sink, job, argsOf, begin, storedOf, foundOf, group = GROUP }: CachedRun): {
  readonly source: Source
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
    hit: (item, value, bytes) => {
      job().hit(item, foundOf === undefined ? value : foundOf(item, value), bytes)
      flushSoon()
    },
    run: (item) => cached.add(item),
  })
  const cached = new CachedSource(
    source,
    cache,
    {
      wake: () => job().wake(),
      abort: (item) => {
        job().inFlight++
        job().reject(item, new TaskAbortedError(failureOf(item), 'the run was halted'))
        flushSoon()
      },
    },
    group,
  )
  begin(cache)
  run.onEnd(() => cache.close())
  return { source: cached, sink: new StoringSink(cache, sink, () => job().durations) }
}
