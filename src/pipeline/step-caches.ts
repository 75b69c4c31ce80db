import { type CacheAccess, type WrappedFunction, functionsOfWrapped, wrappedOf } from '../cache/cache-access.ts'
import { countCall, warnOnce } from '../cache/store/cache-report.ts'
import type { Backend } from '../pool/backend/backend.ts'
import type { RemoteCache } from '../pool/functions/remote-cache.ts'
import type { AnyFunction } from '../task/task-function.ts'
import { type FunctionPart, type Part, type StepFunction, stepsOf } from './definition.ts'
import type { StepCaching } from './runner/program.ts'
import type { StepRecord } from './step-record.ts'

/** The steps of a run whose results are stored. */
export class StepCaches {
  /** The caching of each step by its path; filled when the run begins. */
  readonly steps: Record<string, StepCaching> = {}
  readonly #parts: readonly Part[]
  /** The caches whose counters count the calls of each step, by its number. */
  readonly #accesses: (CacheAccess | undefined)[] = []
  #names: readonly string[] = []

  constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  /**
   * Identifies the functions, with the values that they captured, when the run begins. Resolves to the server for step
   * results, on backends whose workers cannot reach the cache.
   */
  async prepare(
    cache: CacheAccess | undefined,
    calledAt: Error,
    { capabilities }: Backend,
  ): Promise<RemoteCache | undefined> {
    const steps = stepsOf(this.#parts)
    this.#names = steps.map(({ name }) => name)
    const kept = steps.map(({ part }) => wrappedAt(part, cache))
    if (kept.every((one) => one?.cache.location === undefined)) return undefined
    const { identify } = await import('../cache/identify.ts')
    const far: StepCaching[] = []
    for (const [number, wrapped] of kept.entries()) {
      const location = wrapped?.cache.location
      if (wrapped === undefined || location === undefined) continue
      this.#accesses[number] = wrapped.cache
      const identity = await identify(wrapped.fn, wrapped.rules.version, calledAt)
      const { rules } = wrapped
      const name = this.#names[number] as string
      if (capabilities.remote === true) {
        far[number] = { rules, store: { location, identity } }
        this.steps[name] = { rules: { ignore: rules.ignore, key: rules.key }, store: undefined }
      } else this.steps[name] = { rules, store: { location, identity } }
    }
    return capabilities.remote === true ? new (await import('./step-cache-server.ts')).StepCacheServer(far) : undefined
  }

  /** Results of some steps are kept. */
  get isUsed(): boolean {
    return this.#accesses.length > 0
  }

  /** Counts the cached calls of an item. */
  count({ calls = {} }: StepRecord): void {
    for (const [number, state] of Object.entries(calls)) {
      const counts = this.#accesses[Number(number)]?.counts
      if (counts === undefined) continue
      if (typeof state === 'object') {
        counts.unstorable++
        this.#warn(this.#names[Number(number)] as string, state.unhashable)
      } else countCall(counts, state)
    }
  }

  #warn(step: string, why: string): void {
    const advice = 'name the fields that it needs, or leave some out with ignore'
    warnOnce(`step ${step}`, `results of step "${step}" are not cached: ${why}. To cache them ${advice}`)
  }
}

/** Returns the cache of a step: its function's own, or the run's if the step wants it. */
function wrappedAt({ fn, rules }: FunctionPart, cache: CacheAccess | undefined): WrappedFunction | undefined {
  const own = wrappedOf(fn)
  if (own !== undefined) return own
  return rules.cache && cache !== undefined ? { fn, cache, rules: { version: rules.version } } : undefined
}

/** Returns the user's functions that workers call, by names that are the same in every process. */
export function functionsIn(parts: readonly Part[]): (readonly [name: string, fn: AnyFunction])[] {
  return stepsOf(parts).flatMap(({ name, part: { fn } }) => {
    const own = wrappedOf(fn)
    if (own === undefined) return [[name, fn]]
    return functionsOfWrapped(own).map(([role, one]) => [role === 'fn' ? name : `${name}/${role}`, one])
  })
}

/** Returns the parts with unwrapped functions: caches stay here, and workers look into their stores, or ask the host. */
export function withoutCaches(parts: readonly Part[]): readonly Part[] {
  return parts.map((part): Part => {
    if (part.kind === 'drop') return part
    if (part.kind === 'pipeline') return { ...part, parts: withoutCaches(part.parts) }
    const own = wrappedOf(part.fn)
    return own === undefined ? part : { ...part, fn: own.fn as StepFunction }
  })
}
