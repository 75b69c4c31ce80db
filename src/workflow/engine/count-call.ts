import type { CacheAccess } from '../../cache/cache-access.ts'
import type { CallState } from '../../cache/cached-call.ts'

/** Counts what a worker did with a cache. */
export function countCall(access: CacheAccess | undefined, state: CallState | undefined): void {
  if (access === undefined || state === undefined) return
  const { counts } = access
  if (state === 'hit') counts.hits++
  else if (state === 'joined') counts.joined++
  else {
    counts.misses++
    counts[state === 'computed' ? 'stored' : 'unstorable']++
  }
}
