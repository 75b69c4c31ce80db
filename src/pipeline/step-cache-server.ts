import { cachedCall } from '../cache/cached-call.ts'
import { callKey } from '../cache/call-key.ts'
import { newCounts } from '../cache/store/cache-report.ts'
import { openStore } from '../cache/store/open-store.ts'
import type { AskedCall, KeptCall, RemoteCache } from '../pool/functions/remote-cache.ts'
import { hostClasses } from '../task/register-class.ts'
import type { StepCaching } from './runner/program.ts'

/** Looks up and stores the results of a run's steps, for workers on other machines. Steps are known by their numbers. */
export class StepCacheServer implements RemoteCache {
  readonly #steps: readonly (StepCaching | undefined)[]
  /** Counters that no one reads: the calls of steps are counted with the outcomes of their items. */
  readonly #counts = newCounts()

  constructor(steps: readonly (StepCaching | undefined)[]) {
    this.#steps = steps
  }

  call({ step, args, signal }: AskedCall, compute: () => Promise<unknown>): Promise<KeptCall> | undefined {
    const caching = this.#steps[step]
    if (caching?.store === undefined) return undefined
    const { location, identity } = caching.store
    const { ttl, codec } = caching.rules
    const hashes = args.map((hash) => (hash === undefined ? undefined : Buffer.from(hash, 'hex')))
    const call = { ...callKey(identity, hashes), identity, ttl, codec, classes: hostClasses() }
    return cachedCall(openStore(location), { ...call, counts: this.#counts, asker: signal }, compute)
  }
}
