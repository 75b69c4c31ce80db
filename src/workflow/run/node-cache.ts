import { accessOf, type CacheAccess, type WrappedFunction, wrappedOf } from '../../cache/cache-access.ts'
import { warnOnce } from '../../cache/store/cache-report.ts'
import { CaptureError } from '../../errors/argument-errors.ts'
import type { StepCache } from '../chain/chain-step.ts'
import { functionOf, type NodeSpec } from '../define/node-spec.ts'

/** The store for the results of a node, and its counters. */
export interface NodeCache {
  readonly step: StepCache
  readonly access: CacheAccess
}

/** Returns the cache of a node, and its rules; undefined if its results are not cached. */
export function cacheOf(
  { kind, fn, settings: { cache } }: NodeSpec,
  ofRun: CacheAccess | undefined,
): Pick<WrappedFunction, 'cache' | 'rules'> | undefined {
  const found: Pick<WrappedFunction, 'cache' | 'rules'> | undefined = wrappedOf(fn) ?? accessTo(cache, ofRun)
  return cache === false || kind === 'source' || found?.cache.location === undefined ? undefined : found
}

/** Opens the cache of a node; values that its function captured are read now. Undefined if it is not cached. */
export async function nodeCache(spec: NodeSpec, ofRun: CacheAccess | undefined): Promise<NodeCache | undefined> {
  const { version, ignore } = spec.settings
  const found = cacheOf(spec, ofRun)
  const location = found?.cache.location
  if (found === undefined || location === undefined) return undefined
  const { rules, cache: access } = found
  // Loaded only by workflows that have a cache.
  const { identify } = await import('../../cache/identify.ts')
  try {
    const identity = await identify(functionOf(spec.fn), version ?? rules.version)
    const { key, ttl, codec } = rules
    return { access, step: { location, identity, ignore: ignore ?? rules.ignore, key, ttl, codec } }
  } catch (error) {
    // A local function runs uncaptured, and may be one that cannot be identified.
    if (!(error instanceof CaptureError) || spec.settings.local !== true) throw error
    access.counts.unstorable++
    warnOnce(`identity ${error.message}`, `${spec.name} is not cached: ${error.message}. To cache it give it a version`)
    return undefined
  }
}

function accessTo(own: unknown, ofRun: CacheAccess | undefined): Pick<WrappedFunction, 'cache' | 'rules'> | undefined {
  const cache = accessOf(own) ?? ofRun
  return cache && { cache, rules: {} }
}
