import { type CallOutcome, type CallRequest, cachedCall } from '../../cache/cached-call.ts'
import { argumentHash, callKey, type CallKey, storedHash } from '../../cache/call-key.ts'
import type { CallState } from '../../cache/store/cache-report.ts'
import { warnOnce } from '../../cache/store/cache-report.ts'
import { openStore } from '../../cache/store/open-store.ts'
import type { Store } from '../../cache/store/store.ts'
import { messageOf } from '../../util/message-of.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { type ChainStep, type StepCache, resultOf, withConstants } from './chain-step.ts'
import { LazyValue } from './lazy-value.ts'

type Callable = (...args: unknown[]) => unknown

/** The calls of one step, some of whose results may be stored. */
export class StepCalls {
  readonly step: ChainStep
  readonly #classes: ClassRegistry | undefined
  /** Made once: their hashes are kept. */
  readonly #constants: readonly (readonly [number, LazyValue])[] | undefined
  readonly #store: Store | undefined

  constructor(step: ChainStep, classes: ClassRegistry | undefined) {
    this.step = step
    this.#classes = classes
    this.#constants = step.constants?.map(([position, value]) => [position, LazyValue.of(value)] as const)
    this.#store = step.cache && openStore(step.cache.location)
  }

  /** The store of its results, if they are kept. */
  get store(): Store | undefined {
    return this.#store
  }

  /** All arguments of a call. */
  args(items: readonly LazyValue[]): readonly LazyValue[] {
    return withConstants(this.#constants, items)
  }

  /**
   * Resolves to the result of a call, from the store if it is there. With `lazily` its value is loaded when it is needed.
   */
  async call(
    items: readonly LazyValue[],
    lazily: boolean,
  ): Promise<{ result: LazyValue; state: CallState | undefined }> {
    const args = this.args(items)
    const store = this.#store
    const key = await this.tryKey(args)
    if (store === undefined || key === undefined) {
      return { result: LazyValue.of(await this.#compute(args)), state: store && 'unstorable' }
    }
    const request = this.#requestOf(key)
    const head = lazily ? store.head(key.key) : undefined
    if (head !== undefined) {
      const load = async (): Promise<unknown> => (await this.#cachedCall(store, request, args)).value
      return { result: new LazyValue(load, storedHash(head.valueHash)), state: 'hit' }
    }
    const { value, valueHash, state } = await this.#cachedCall(store, request, args)
    return { result: LazyValue.of(value, storedHash(valueHash)), state }
  }

  /** Resolves to the key of a call. Rejects if an argument has no hash. */
  async #keyOf(args: readonly LazyValue[]): Promise<CallKey> {
    const { identity, key, ignore } = this.step.cache as StepCache
    if (key !== undefined) {
      const values = await Promise.all(args.map((cell) => cell.value()))
      return callKey(identity, [argumentHash((key as Callable)(...values), this.#classes)])
    }
    const hashes: (Buffer | undefined)[] = []
    for (const [i, cell] of args.entries()) {
      hashes.push(ignore?.includes(i) === true ? undefined : await cell.hash(this.#classes))
    }
    return callKey(identity, hashes)
  }

  /** Resolves to the key of a call; undefined if there is none, which is warned about once. */
  async tryKey(args: readonly LazyValue[]): Promise<CallKey | undefined> {
    if (this.#store === undefined) return undefined
    try {
      return await this.#keyOf(args)
    } catch (error) {
      tellUncached(this.step.name, error)
      return undefined
    }
  }

  #requestOf(key: CallKey): CallRequest {
    const { identity, ttl, codec } = this.step.cache as StepCache
    return { ...key, identity, ttl, codec, classes: this.#classes }
  }

  #cachedCall(store: Store, request: CallRequest, args: readonly LazyValue[]): Promise<CallOutcome> {
    return cachedCall(store, request, () => this.#compute(args))
  }

  async #compute(args: readonly LazyValue[]): Promise<unknown> {
    const values: unknown[] = []
    for (const cell of args) values.push(await cell.value())
    const fn = this.step.fn as Callable
    return resultOf(this.step, await fn(...values))
  }
}

/** Warns, once, that an argument has no hash. */
export function tellUncached(name: string, error: unknown): void {
  const advice = 'leave the argument out with ignore, or give the node cache: false'
  warnOnce(`node ${name}`, `calls of ${name} are not cached: ${messageOf(error)}. To silence this, ${advice}`)
}
