import type { CacheAccess, Wrapped, WrapRules } from '../cache/cache-access.ts'
import { wrappedOf } from '../cache/cache-access.ts'
import type { Identity } from '../cache/identify.ts'
import type { StoreLocation } from '../cache/store/open-store.ts'
import { warnOnce } from '../cache/store/warn-once.ts'
import { UnsupportedError } from '../errors/unsupported-error.ts'
import type { Backend } from '../pool/backend.ts'
import { type FunctionPart, type Part, type StepFunction, stepsOf } from './definition.ts'
import type { StepRecord } from './facts.ts'

/** How a worker looks up and keeps the results of a step: plain data, but for the user's own functions. */
export interface StepCaching {
  readonly location: StoreLocation
  readonly identity: Identity
  /** Of what `cache.wrap` made; empty for a step that says `cache: true`. */
  readonly rules: WrapRules
}

/** The steps of a run whose results are kept. */
export class RunCaching {
  /** By the way of the step; filled when the run begins. */
  readonly steps: Record<string, StepCaching> = {}
  readonly #parts: readonly Part[]
  /** Whose counters a step is counted in, by its number. */
  readonly #accesses: (CacheAccess | undefined)[] = []
  #names: readonly string[] = []

  constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  /**
   * Finds out who the functions are, with what they captured, now that the run begins. Resolves to whether results of any
   * are kept.
   *
   * @throws {UnsupportedError} where they would be, but not in reach of the workers.
   */
  async prepare(cache: CacheAccess | undefined, calledAt: Error, backend: Backend): Promise<boolean> {
    const steps = stepsOf(this.#parts)
    this.#names = steps.map(({ name }) => name)
    const kept = steps.map(({ part }) => keeperOf(part, cache))
    if (kept.every((one) => one?.cache.location === undefined)) return false
    if (backend.capabilities.remote === true) throw outOfReach(backend.name)
    const { identify } = await import('../cache/identify.ts')
    for (const [number, wrapped] of kept.entries()) {
      const location = wrapped?.cache.location
      if (wrapped === undefined || location === undefined) continue
      this.#accesses[number] = wrapped.cache
      const identity = await identify(wrapped.fn, wrapped.rules.version, calledAt)
      this.steps[this.#names[number] as string] = { location, identity, rules: wrapped.rules }
    }
    return true
  }

  /** Counts what workers did for an item. */
  count({ calls = {} }: StepRecord): void {
    for (const [number, state] of Object.entries(calls)) {
      const counts = this.#accesses[Number(number)]?.counts
      if (counts === undefined) continue
      if (typeof state === 'object') {
        counts.unstorable++
        this.#warn(this.#names[Number(number)] as string, state.unhashable)
      } else if (state === 'hit') counts.hits++
      else if (state === 'joined') counts.joined++
      else {
        counts.misses++
        counts[state === 'computed' ? 'stored' : 'unstorable']++
      }
    }
  }

  #warn(step: string, why: string): void {
    const advice = 'name the fields that it needs, or leave some out with ignore'
    warnOnce(`step ${step}`, `results of step "${step}" are not cached: ${why}. To cache them ${advice}`)
  }
}

function outOfReach(backend: string): UnsupportedError {
  return new UnsupportedError(
    `results of single steps cannot be kept on ${backend}, whose workers do not reach the cache: leave \`cache\` and ` +
      'cache.wrap out, or make a workflow of the steps',
  )
}

/** The cache of a step: its function's own, or the run's where the step wants it. */
function keeperOf({ fn, rules }: FunctionPart, cache: CacheAccess | undefined): Wrapped | undefined {
  const own = wrappedOf(fn)
  if (own !== undefined) return own
  return rules.cache && cache !== undefined ? { fn, cache, rules: { version: rules.version } } : undefined
}

/** The parts with the functions that a cache stands before: it stays here, workers look into its store themselves. */
export function withoutCaches(parts: readonly Part[]): readonly Part[] {
  return parts.map((part): Part => {
    if (part.kind === 'drop') return part
    if (part.kind === 'pipeline') return { ...part, parts: withoutCaches(part.parts) }
    const own = wrappedOf(part.fn)
    return own === undefined ? part : { ...part, fn: own.fn as StepFunction }
  })
}
