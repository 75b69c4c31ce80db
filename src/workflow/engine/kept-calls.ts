import type { CacheAccess } from '../../cache/cache-access.ts'
import type { CallRequest } from '../../cache/cached-call.ts'
import { argumentHash, callKey } from '../../cache/call-key.ts'
import { openStore } from '../../cache/store/open-store.ts'
import type { Store } from '../../cache/store/store.ts'
import type { KeyedCalls } from '../../run/cache/keyed-calls.ts'
import { hostClasses } from '../../task/register-class.ts'
import { type ChainStep, type StepCache, withConstants } from '../chain/chain-step.ts'
import { tellUncached } from '../chain/step-calls.ts'

type Callable = (...args: unknown[]) => unknown

/** The calls of a node whose workers are on other machines: it is a stage of its own, and its results are stored here. */
export class KeptCalls implements KeyedCalls {
  readonly store: Store
  readonly #step: ChainStep
  readonly #cache: StepCache
  readonly #access: CacheAccess
  /** The hashes of the constants, made when they are first needed. */
  #constants: readonly (readonly [position: number, hash: Buffer | undefined])[] | undefined

  constructor(step: ChainStep, cache: StepCache, access: CacheAccess) {
    this.store = openStore(cache.location)
    this.#step = step
    this.#cache = cache
    this.#access = access
  }

  request(items: readonly unknown[]): CallRequest | undefined {
    const { identity, ttl, codec } = this.#cache
    try {
      const key = callKey(identity, this.#hashesOf(items))
      return { ...key, identity, ttl, codec, classes: hostClasses(), counts: this.#access.counts }
    } catch (error) {
      this.#access.counts.unstorable++
      tellUncached(this.#step.name, error)
      return undefined
    }
  }

  /** Returns the result of the stage's call, made from the stored result of the node's function. */
  resultOf(stored: unknown, item: unknown): unknown {
    const { kind } = this.#step
    if (kind === 'filter') return stored === true ? [item] : 0
    return kind === 'key' ? [stored, item] : stored
  }

  /** Returns the result of the node's function to store, made from the result of the stage's call. */
  storedOf(result: unknown): unknown {
    const { kind } = this.#step
    if (kind === 'filter') return Array.isArray(result)
    return kind === 'key' ? (result as readonly unknown[])[0] : result
  }

  #hashesOf(items: readonly unknown[]): (Buffer | undefined)[] {
    const { key, ignore } = this.#cache
    const { constants } = this.#step
    if (key !== undefined) return [argumentHash((key as Callable)(...withConstants(constants, items)), hostClasses())]
    const hash = (value: unknown): Buffer => argumentHash(value, hostClasses())
    this.#constants ??= constants?.map(([at, value]) => [at, ignore?.includes(at) === true ? undefined : hash(value)])
    const positions = this.#positions(items.length)
    const hashes = items.map((item, i) => (ignore?.includes(positions[i] as number) === true ? undefined : hash(item)))
    return [...withConstants<Buffer | undefined>(this.#constants, hashes)]
  }

  /** Returns the positions of the items among all arguments. */
  #positions(count: number): readonly number[] {
    const taken = new Set(this.#step.constants?.map(([at]) => at))
    const all = Array.from({ length: count + taken.size }, (_, at) => at)
    return all.filter((at) => !taken.has(at))
  }
}
