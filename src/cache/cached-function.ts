import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { type Recipe, setRecipe } from '../task/capture/reference/recipe.ts'
import { hostClasses, type RegisteredClass, registeredClasses, registryOf } from '../task/register-class.ts'
import type { AnyFunction } from '../task/task-function.ts'
import type { ClassRegistry } from '../wire/codec/class-registry.ts'
import { Ref } from './arguments.ts'
import { markWrapped, type WrappedFunction } from './cache-access.ts'
import { cachedCall, keep } from './cached-call.ts'
import { storedHash } from './call-key.ts'
import { CallsOf } from './calls-of.ts'
import type { Identity } from './identify.ts'
import { newCounts } from './store/cache-report.ts'
import { openStore, type StoreLocation } from './store/open-store.ts'

/** Arguments, each of which may be a reference. */
type OrRefs<A extends readonly unknown[]> = { [K in keyof A]: A[K] | Ref<A[K]> }

/** A function with a cache before it: called as the function is, or given to `map`, to steps and to nodes. */
export interface CachedFunction<A extends readonly unknown[], R> {
  (...args: OrRefs<A>): Promise<R>
  (...args: A): Promise<R>
  /** Resolves to the key of a call: 64 hex digits. Rejects if an argument cannot be hashed. */
  key(...args: OrRefs<A>): Promise<string>
  /** Resolves to true if there is a result of this call. */
  has(...args: OrRefs<A>): Promise<boolean>
  /** Removes the result of a call. Resolves to whether there was one. */
  forget(...args: OrRefs<A>): Promise<boolean>
  /** Stores a result that was made by other means. Rejects if it cannot be stored. */
  inject(args: A, value: R): Promise<void>
  /**
   * Resolves to the result of a call as a reference, which is loaded when it is needed. Computes it if it is not there.
   */
  ref(...args: OrRefs<A>): Promise<Ref<R>>
}

/** All that makes a cached function again in a worker. */
export interface CachedData extends Pick<WrappedFunction, 'fn' | 'rules'> {
  readonly location: StoreLocation | undefined
  readonly identity: Identity
  /** Classes whose instances may be hashed and stored. */
  readonly classes: readonly RegisteredClass[]
}

/** Makes a cached function in a worker. Its calls are counted there, not in the `Cache` of the caller. */
export function makeCached({ fn, rules, location, identity, classes }: CachedData): AnyFunction {
  const wrapped: WrappedFunction = { fn, rules, cache: { location, counts: newCounts() } }
  return new WrappedCalls(
    wrapped,
    async () => identity,
    () => registryOf(classes),
  ).toFunction()
}

/** Identifies a function. `calledAt` is an error made where its values are read. */
type Identify = (calledAt: Error) => Promise<Identity>

/** Makes the function that looks into the cache before it calls the wrapped one. */
export function cachedFunction(
  wrapped: WrappedFunction,
  identify: Identify,
): CachedFunction<readonly unknown[], unknown> {
  return new WrappedCalls(wrapped, identify, hostClasses).toFunction()
}

/** The calls of a wrapped function in this thread. The values that it captured are read once, now. */
class WrappedCalls {
  readonly #wrapped: WrappedFunction
  readonly #fn: (...args: unknown[]) => unknown
  readonly #identify: Identify
  readonly #classes: () => ClassRegistry | undefined
  #identified: Promise<CallsOf>
  /** The calls once the function is identified: then a call need not wait. */
  #calls: CallsOf | undefined

  constructor(wrapped: WrappedFunction, identify: Identify, classes: () => ClassRegistry | undefined) {
    this.#wrapped = wrapped
    this.#fn = wrapped.fn as (...args: unknown[]) => unknown
    this.#identify = identify
    this.#classes = classes
    this.#identified = this.#begin('wrapped here')
  }

  toFunction(): CachedFunction<readonly unknown[], unknown> {
    const cached = Object.assign((...args: unknown[]) => this.#call(args), {
      key: async (...args: unknown[]) => (await this.#known()).requireRequest(args).key,
      has: (...args: unknown[]) => this.#has(args),
      forget: (...args: unknown[]) => this.#forget(args),
      inject: (args: readonly unknown[], value: unknown) => this.#inject(args, value),
      ref: (...args: unknown[]) => this.#ref(args),
    })
    Object.defineProperty(cached, 'name', { value: this.#fn.name, configurable: true })
    markWrapped(cached, this.#wrapped)
    setRecipe(cached, this.#recipe())
    return cached
  }

  /** Lets workers make the same function again, with the identity that it has here, so that they share its results. */
  #recipe(): Recipe<CachedData> {
    const { fn, rules, cache } = this.#wrapped
    const identity = (): Identity => (this.#calls as CallsOf).identity
    return {
      recipe: 'cached-function',
      make: makeCached,
      get data() {
        return { fn, rules, location: cache.location, identity: identity(), classes: registeredClasses() }
      },
      behind: { fn: fn as AnyFunction, version: rules.version },
      ready: () => (this.#calls === undefined ? this.#known() : undefined),
    }
  }

  #begin(where: string): Promise<CallsOf> {
    const identified = this.#identify(new Error(where)).then(
      (identity) => (this.#calls = new CallsOf(identity, this.#wrapped, [], this.#classes)),
    )
    // The first call reports it.
    identified.catch(() => {})
    return identified
  }

  /** Resolves to the calls. If the function could not be identified, it is tried once more: a variable may have got its value. */
  async #known(): Promise<CallsOf> {
    return this.#calls ?? this.#identified.catch(() => (this.#identified = this.#begin('called here')))
  }

  async #call(args: readonly unknown[]): Promise<unknown> {
    const { location } = this.#wrapped.cache
    if (location === undefined) return this.#compute(args)
    const request = (this.#calls ?? (await this.#known())).request(args)
    if (request === undefined) return this.#compute(args)
    return (await cachedCall(openStore(location), request, () => this.#compute(args))).value
  }

  async #has(args: readonly unknown[]): Promise<boolean> {
    const { location } = this.#wrapped.cache
    const calls = await this.#known()
    return location !== undefined && openStore(location).head(calls.requireRequest(args).key) !== undefined
  }

  async #forget(args: readonly unknown[]): Promise<boolean> {
    const { location } = this.#wrapped.cache
    const { key } = (await this.#known()).requireRequest(args)
    return location !== undefined && openStore(location).remove([key], 'forgotten') > 0
  }

  async #inject(args: readonly unknown[], value: unknown): Promise<void> {
    const { location, counts } = this.#wrapped.cache
    if (!Array.isArray(args))
      throw new InvalidArgumentError('inject(args)', 'the list of the arguments', describeValue(args))
    const request = (await this.#known()).requireRequest(args)
    if (location === undefined) return
    const store = openStore(location)
    store.remove([request.key], 'forgotten')
    if (!keep(store, request, value, undefined, counts).isStored)
      throw new InvalidArgumentError('inject(value)', 'a result that can be stored', describeValue(value))
  }

  async #ref(args: readonly unknown[]): Promise<Ref> {
    const { location } = this.#wrapped.cache
    const request = (await this.#known()).requireRequest(args)
    const load = (): Promise<unknown> => this.#call(args)
    if (location === undefined) return new Ref(request.key, undefined, load)
    const store = openStore(location)
    const known = store.head(request.key)?.valueHash
    if (storedHash(known) !== undefined) return new Ref(request.key, known, load)
    const { valueHash, value, state } = await cachedCall(store, request, () => this.#compute(args))
    const hash = storedHash(valueHash)?.toString('hex')
    return new Ref(request.key, hash, state === 'unstorable' ? () => Promise.resolve(value) : load)
  }

  async #compute(args: readonly unknown[]): Promise<unknown> {
    if (!args.some((arg) => arg instanceof Ref)) return this.#fn(...args)
    return this.#fn(...(await Promise.all(args.map((arg) => (arg instanceof Ref ? arg.load() : arg)))))
  }
}
