import type { VNode } from 'preact'

import { count, percent } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import type { View } from '../../view/view.ts'
import { Tile } from './words.tsx'

/** True if there is something to tell of a cache. */
export function hasCache({ cache, states }: View): boolean {
  return cache !== undefined || states.cached > 0
}

/** Results that were not computed, and the time that this saved. */
export function Cache({ view }: { readonly view: View }): VNode | null {
  if (!hasCache(view)) return null
  const { cache, states } = view
  return (
    <section id="cache" class="card">
      <header>
        <h2>Cache</h2>
        <p>{count(states.cached)} tasks needed no worker</p>
      </header>
      {cache === undefined ? (
        <p class="note">The log does not tell more: the run has not ended, or was killed, or its steps have caches.</p>
      ) : (
        <dl class="tiles">
          <Tile name="found" value={count(cache.hits)} more={`${percent(shareFound(cache))} of the calls`} />
          <Tile name="not found" value={count(cache.misses)} more="and computed" />
          <Tile name="computed by others" value={count(cache.joined)} more="at the same time" />
          <Tile name="time saved" value={time(cache.savedMs)} more="of the workers" />
          <Tile name="time waited" value={time(cache.waitedMs)} more="for others, added up" />
        </dl>
      )}
    </section>
  )
}

/** The share of calls whose result was there, or was computed by others. */
function shareFound({ hits, joined, misses }: NonNullable<View['cache']>): number {
  return (hits + joined) / Math.max(1, hits + joined + misses)
}
