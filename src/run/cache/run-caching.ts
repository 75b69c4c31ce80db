import type { RunCacheTotals } from '../../observe/observer.ts'
import type { Sink, Source } from '../../pool/jobs/ports.ts'
import { type CachedItems, CachedSource } from './cached-source.ts'
import type { RunCache } from './run-cache.ts'
import { StoringSink } from './storing-sink.ts'

export { keyedCalls } from './keyed-calls.ts'
export { RunCache } from './run-cache.ts'

/** The cache of a run: items as cached calls, and the functions whose results are cached. */
export interface CachedRun extends CachedItems {
  /** Called once with the cache, so that functions can be added to it. */
  readonly begin: (cache: RunCache) => void
}

/** Puts a cache between a run's inputs, its workers and its reader. */
export function cacheRun(
  run: { onEnd(callback: () => void): void },
  source: Source,
  sink: Sink,
  cached: CachedRun,
): { readonly source: Source; readonly sink: Sink; readonly totals: RunCacheTotals } {
  const before = new CachedSource(source, cached)
  cached.begin(before.cache)
  run.onEnd(() => before.cache.close())
  return {
    source: before,
    sink: new StoringSink(before.cache, sink, () => before.durations),
    totals: before.cache.totals,
  }
}
