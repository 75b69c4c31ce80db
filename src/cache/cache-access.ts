import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { batchedOf } from '../task/bundle.ts'
import { markParts } from '../task/exported-object.ts'
import { Stateful } from '../task/stateful.ts'
import type { AnyFunction, TaskFunction } from '../task/task-function.ts'
import { processWide } from '../util/own-package.ts'
import type { CacheCounts } from './store/cache-report.ts'
import type { StoreLocation } from './store/open-store.ts'
import type { ValueCodec } from './store/value-codec.ts'

/** The inside of a `Cache`, as runs need it. It knows nothing of the store, so that importing it costs nothing. */
export interface CacheAccess {
  /** The location of its store; undefined for a cache that keeps nothing. */
  readonly location: StoreLocation | undefined
  /** The counters of this process, for runs to add to. */
  readonly counts: CacheCounts
}

/** The rules for keeping the results of a function. */
export interface WrapRules {
  /** Replaces the code, its imports and captured values in the key. */
  readonly version?: string | undefined
  /** Positions of arguments that do not count. */
  readonly ignore?: readonly number[] | undefined
  /** Returns what to hash instead of the arguments. */
  readonly key?: ((...args: never[]) => unknown) | undefined
  /** Milliseconds for which a result counts. */
  readonly ttl?: number | undefined
  readonly codec?: ValueCodec | undefined
}

/** A function with a cache before it. */
export interface WrappedFunction {
  readonly fn: AnyFunction | Stateful
  readonly cache: CacheAccess
  readonly rules: WrapRules
}

const ACCESS: unique symbol = Symbol.for('manyhands.cache')
let isUsed = false
const wrapped = processWide('wrapped', () => new WeakMap<object, WrappedFunction>())

/** Returns what `cache.wrap` knows of a function that it made; undefined for any other value. */
export function wrappedOf(fn: unknown): WrappedFunction | undefined {
  return typeof fn === 'function' ? wrapped.get(fn) : undefined
}

/** Returns true for a batched function, also with a cache before it. */
export function isBatched(fn: unknown): boolean {
  return batchedOf(wrappedOf(fn)?.fn ?? fn) !== undefined
}

/** Tells if anything was ever wrapped in this process. */
export function anyWrapped(): boolean {
  return isUsed
}

export function markWrapped(fn: AnyFunction, about: WrappedFunction): void {
  isUsed = true
  wrapped.set(fn, about)
  markParts(fn, () => functionsOfWrapped(about))
}

/** Returns the user's functions that workers call for it, by their role. */
export function functionsOfWrapped({ fn, rules: { key } }: WrappedFunction): (readonly ['fn' | 'key', AnyFunction])[] {
  const parts: (readonly ['fn' | 'key', AnyFunction])[] = []
  const called = batchedOf(fn)?.fn ?? fn
  if (typeof called === 'function') parts.push(['fn', called])
  if (key !== undefined) parts.push(['key', key])
  return parts
}

/**
 * Chooses the cache of a run: the function's own, or else the run's.
 *
 * @throws {InvalidArgumentError} for a list of stateful workers, since any of them may make a result.
 */
export function cacheFor(fn: TaskFunction, cache: CacheAccess | undefined): WrappedFunction | undefined {
  const own = wrappedOf(fn)
  if (own !== undefined || cache === undefined) return own
  if (typeof fn === 'function' || fn instanceof Stateful) return { fn, cache, rules: {} }
  throw new InvalidArgumentError(
    'cache',
    'no cache with a list of stateful workers, since any of them may make a result',
    'a Cache',
  )
}

/** Lets runs into a cache. */
export function giveAccess(cache: object, access: CacheAccess): void {
  Object.defineProperty(cache, ACCESS, { value: access })
}

/** The inside of a cache; undefined for anything else. */
export function accessOf(cache: unknown): CacheAccess | undefined {
  return typeof cache === 'object' && cache !== null ? (cache as { [ACCESS]?: CacheAccess })[ACCESS] : undefined
}
