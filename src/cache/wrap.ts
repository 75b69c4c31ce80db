import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { callback, type Check, either, milliseconds, text, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { checkTaskFunction } from '../task/task-function.ts'
import { Ref } from './arguments.ts'
import { type CacheAccess, markWrapped, type WrappedFunction, wrappedOf, type WrapRules } from './cache-access.ts'
import { cachedCall, keep } from './cached-call.ts'
import { storedHash } from './call-key.ts'
import { CallsOf } from './calls-of.ts'
import { identify } from './identify.ts'
import { openStore } from './store/open-store.ts'
import type { ValueCodec } from './store/value-codec.ts'

/** The options of `cache.wrap`. */
export interface WrapOptions<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /**
   * Stands for the function's code, for all that it imports and for the values that it captured: results count until it
   * is changed. Nothing is captured then, so that any function may be wrapped.
   */
  readonly version?: string | number | undefined
  /** Positions of arguments that do not count, from 0. */
  readonly ignore?: readonly number[] | undefined
  /** Returns what to hash instead of the arguments. */
  readonly key?: ((...args: A) => unknown) | undefined
  /** Milliseconds for which a result counts, from when it was stored. */
  readonly ttl?: number | undefined
  /** Turns results into bytes, if structured clones cannot hold them. */
  readonly codec?: ValueCodec<R> | undefined
}

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

const codec: Check<ValueCodec> = (value, option) => {
  const { name, encode, decode } = (value ?? {}) as Partial<ValueCodec>
  if (typeof name === 'string' && typeof encode === 'function' && typeof decode === 'function')
    return value as ValueCodec
  throw new InvalidArgumentError(option, '{ name, encode, decode }', describeValue(value))
}

const positions: Check<readonly number[]> = (value, option) => {
  if (!Array.isArray(value)) throw new InvalidArgumentError(option, 'positions, such as [1]', describeValue(value))
  return value.map((one) => wholeNumber(0)(one, option))
}

const TABLE = {
  version: either<string>('a text or a number', text, (value, option) =>
    String(wholeNumber(0, Infinity)(value, option)),
  ),
  ignore: positions,
  key: callback<NonNullable<WrapRules['key']>>('a function (...args) => what to hash'),
  ttl: milliseconds(0),
  codec,
}

/** Puts a cache before a function. */
export function wrap(fn: unknown, cache: CacheAccess, options: unknown): CachedFunction<readonly unknown[], unknown> {
  checkTaskFunction(fn, 'cache.wrap(fn)')
  if (typeof fn !== 'function')
    throw new InvalidArgumentError(
      'cache.wrap(fn)',
      'a function; give stateful workers to map with { cache }',
      'a stateful worker',
    )
  if (wrappedOf(fn) !== undefined)
    throw new InvalidArgumentError(
      'cache.wrap(fn)',
      'a function that is not wrapped yet',
      'one that cache.wrap has made',
    )
  const rules = readOptions(options, TABLE)
  const wrapped: WrappedFunction = { fn, cache, rules }
  const cached = new WrappedCalls(wrapped, fn as (...args: unknown[]) => unknown).toFunction()
  markWrapped(cached, wrapped)
  return cached
}

/** The calls of a wrapped function in this process. The values that it captured are read once, now. */
class WrappedCalls {
  readonly #wrapped: WrappedFunction
  readonly #fn: (...args: unknown[]) => unknown
  readonly #identified: Promise<CallsOf>
  /** The calls once the function is identified: then a call need not wait. */
  #calls: CallsOf | undefined

  constructor(wrapped: WrappedFunction, fn: (...args: unknown[]) => unknown) {
    this.#wrapped = wrapped
    this.#fn = fn
    this.#identified = identify(wrapped.fn, wrapped.rules.version, new Error('wrapped here')).then(
      (identity) => (this.#calls = new CallsOf(identity, wrapped)),
    )
    // The first call reports it.
    this.#identified.catch(() => {})
  }

  toFunction(): CachedFunction<readonly unknown[], unknown> {
    const cached = Object.assign((...args: unknown[]) => this.#call(args), {
      key: async (...args: unknown[]) => (await this.#identified).requireRequest(args).key,
      has: (...args: unknown[]) => this.#has(args),
      forget: (...args: unknown[]) => this.#forget(args),
      inject: (args: readonly unknown[], value: unknown) => this.#inject(args, value),
      ref: (...args: unknown[]) => this.#ref(args),
    })
    Object.defineProperty(cached, 'name', { value: this.#fn.name, configurable: true })
    return cached
  }

  async #call(args: readonly unknown[]): Promise<unknown> {
    const { location } = this.#wrapped.cache
    if (location === undefined) return this.#compute(args)
    const request = (this.#calls ?? (await this.#identified)).request(args)
    if (request === undefined) return this.#compute(args)
    return (await cachedCall(openStore(location), request, () => this.#compute(args))).value
  }

  async #has(args: readonly unknown[]): Promise<boolean> {
    const { location } = this.#wrapped.cache
    const calls = await this.#identified
    return location !== undefined && openStore(location).head(calls.requireRequest(args).key) !== undefined
  }

  async #forget(args: readonly unknown[]): Promise<boolean> {
    const { location } = this.#wrapped.cache
    const { key } = (await this.#identified).requireRequest(args)
    return location !== undefined && openStore(location).remove([key], 'forgotten') > 0
  }

  async #inject(args: readonly unknown[], value: unknown): Promise<void> {
    const { location, counts } = this.#wrapped.cache
    if (!Array.isArray(args))
      throw new InvalidArgumentError('inject(args)', 'the list of the arguments', describeValue(args))
    const request = (await this.#identified).requireRequest(args)
    if (location === undefined) return
    const store = openStore(location)
    store.remove([request.key], 'forgotten')
    if (!keep(store, request, value, undefined, counts).isStored)
      throw new InvalidArgumentError('inject(value)', 'a result that can be stored', describeValue(value))
  }

  async #ref(args: readonly unknown[]): Promise<Ref> {
    const { location } = this.#wrapped.cache
    const request = (await this.#identified).requireRequest(args)
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
